"""The terms of a dataset as other catalogues read them, and the names that the world knows it by."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from chain.deployments import current
from chain.errors import NotDeployed
from common.caip import account_name, coin_name, token_name
from marketplace.licences import spdx_page
from marketplace.models import Right
from marketplace.rules.odrl import PricedRight, terms_document
from marketplace.selectors.datasets import DatasetCard
from marketplace.selectors.trade import ListingCard


def page_url(token_id: int) -> str:
    """The dataset's page, as others link to it."""
    return f"{settings.SITE_URL}/datasets/{token_id}"


def asset_id(token_id: int) -> str:
    """The token as a CAIP-19 asset; the page's address where no deployment is known."""
    try:
        deployment = current()
    except NotDeployed:
        return page_url(token_id)
    return token_name(deployment.chain_id, deployment.address_of("DatasetToken"), token_id)


def account_id(address: str) -> str:
    """An account as CAIP-10."""
    return account_name(settings.CHAIN_ID, address)


def terms_of(card: DatasetCard, offers: Sequence[ListingCard]) -> dict[str, Any]:
    """The dataset's terms as an ODRL offer."""
    dataset, newest = card.dataset, card.newest
    allowed = {Right.DOWNLOAD: dataset.allow_download, Right.COMPUTE: dataset.allow_compute}
    licence = newest.metadata.licence if newest and not newest.problem else ""
    return terms_document(
        page=page_url(dataset.token_id),
        asset=asset_id(dataset.token_id),
        owner=account_id(dataset.owner),
        licence_page=spdx_page(licence) if licence else None,
        rights=[str(right.label) for right, is_allowed in allowed.items() if is_allowed],
        priced=[
            PricedRight(
                each.listing.get_right_display(),
                int(each.listing.price_units),
                coin_name(settings.CHAIN_ID, each.listing.payment_token),
            )
            for each in offers
        ],
        rows_in_model=dataset.get_rows_in_model_display(),
    )
