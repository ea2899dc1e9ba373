"""A dataset's terms as an ODRL 2.2 offer: what the contracts enforce, in words that other catalogues read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

CONTEXT = ["http://www.w3.org/ns/odrl.jsonld", {"dct": "http://purl.org/dc/terms/"}]
# A download is a copy; a compute pass lets an approved job derive a model from the data.
ACTIONS = {"download": "reproduce", "compute": "derive"}


@dataclass(frozen=True)
class PricedRight:
    """A right that is for sale: in whole base units of the token at an address (CAIP-19)."""

    right: str
    price_units: int
    token: str


def terms_document(
    *,
    page: str,
    asset: str,
    owner: str,
    licence_page: str | None,
    rights: Iterable[str],
    priced: Iterable[PricedRight],
    rows_in_model: str,
) -> dict[str, Any]:
    """The offer. A right without a price can be used once its owner lists it."""
    offers: dict[str, list[PricedRight]] = {}
    for each in priced:
        offers.setdefault(each.right, []).append(each)
    document: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Offer",
        "uid": f"{page}#terms",
        "profile": page,
        "target": asset,
        "assigner": owner,
        "permission": [
            {
                "target": asset,
                "action": ACTIONS[right],
                "duty": [_payment(each) for each in offers.get(right, ())],
            }
            for right in rights
        ],
        "prohibition": [{"target": asset, "action": "distribute"}] if rows_in_model != "public" else [],
    }
    if licence_page:
        document["dct:license"] = licence_page
    return document


def _payment(priced: PricedRight) -> dict[str, Any]:
    return {
        "action": [
            {
                "rdf:value": {"@id": "odrl:compensate"},
                "refinement": [
                    {
                        "leftOperand": "payAmount",
                        "operator": "eq",
                        "rightOperand": {"@value": str(priced.price_units), "@type": "xsd:integer"},
                        "unit": priced.token,
                    }
                ],
            }
        ]
    }
