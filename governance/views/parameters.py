"""The page of what members have set: numbers, lists, documents, the guardian."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.selectors import wallet_of
from chain.deployments import current
from chain.errors import NotDeployed
from governance.book_actions import DOCUMENTS
from governance.models import BookAllowance
from governance.selectors.clock import chain_time
from governance.selectors.kinds import action_words
from governance.selectors.parameters import view_parameters
from storage.cid import Cid

LISTS = {
    "algorithm": "Algorithms",
    "engine": "Engines",
    "payment_token": "Payment tokens",
    "credential_issuer": "Credential issuers",
}
ADDRESS_PADDING = "0x" + "00" * 12


@require_safe
def parameter_list(request: HttpRequest) -> HttpResponse:
    """Everything in force, with its bounds, and since when."""
    view, words = view_parameters(), action_words().parameters
    numbers = []
    for row in view.values:
        told = words.get(row.key)
        numbers.append(
            {
                "label": told.label if told else row.key,
                "key": row.key,
                "value": told.write(int(row.value)) if told else str(row.value),
                "bounds": told.bounds if told else "",
                "set_at": row.set_at,
            }
        )
    guardian = view.guardian
    context = {
        "numbers": numbers,
        "lists": _lists(view.allowances),
        "documents": [
            {
                "name": DOCUMENTS.get(row.kind, row.kind),
                "digest": row.digest,
                "cid": str(Cid.from_digest(row.digest)),
                "set_at": row.set_at,
            }
            for row in view.documents
            if row.digest is not None
        ],
        "guardian": guardian,
        "is_guardian": guardian is not None and wallet_of(request.user) == guardian.address,
        "chain_now": chain_time(),
    }
    return render(request, "governance/parameters.html", context)


def _lists(rows: tuple[BookAllowance, ...]) -> list[dict[str, object]]:
    kinds: dict[str, list[str]] = {}
    for row in rows:
        kinds.setdefault(row.kind, []).append(_item(row.item))
    return [{"name": LISTS.get(kind, kind), "items": items} for kind, items in kinds.items()]


def _item(item: str) -> str:
    """A short name, or the address that is padded to 32 bytes, with our name for it."""
    if not item.startswith(ADDRESS_PADDING):
        return item
    address = "0x" + item[-40:]
    try:
        name = current().name_of(address)
    except NotDeployed:
        name = None
    return f"{name} ({address})" if name else address
