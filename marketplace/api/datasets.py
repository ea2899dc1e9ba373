"""Datasets, versions, metadata documents, and offering access to them."""

import json
from dataclasses import asdict

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.bodies import read_body
from common.api_json import StrictJSONParser
from common.paging import MAX_LIMIT, Cursor, Page, read_cursor
from marketplace.api.requests import (
    PublicView,
    WalletView,
    cursor_of,
    path_number,
    query_address,
    query_number,
    user_of,
)
from marketplace.api.shapes import dataset_json, page_json, version_json, version_with_profile_json
from marketplace.rules.terms import ListingTerms
from marketplace.selectors.catalogue import (
    FACET_NAMES,
    CatalogueFilter,
    catalogue,
    check_facets,
    check_query,
    check_sort,
)
from marketplace.selectors.content import public_store
from marketplace.selectors.datasets import (
    cards_in_order,
    dataset_card,
    find_dataset,
    find_version,
    versions_of,
)
from marketplace.selectors.terms import terms_of
from marketplace.selectors.trade import ListingFilter, listings
from marketplace.services.changes import changes_between
from marketplace.services.listings import prepare_listing
from marketplace.services.metadata import read_waiting
from marketplace.tokens import market_token


class DatasetsView(PublicView):
    """GET: the catalogue, `?q=&owner=&sort=&include_retired=1` and the facets of the page by their names."""

    def get(self, request: Request) -> Response:
        asked = request.query_params
        wanted = CatalogueFilter(
            text=check_query(asked.get("q", "")),
            owner=query_address(request, "owner"),
            include_retired=asked.get("include_retired") == "1",
            facets=check_facets({name: asked.get(name, "") for name in FACET_NAMES}),
            sort=check_sort(asked.get("sort", "")),
            token=market_token(),
        )
        read_waiting()
        limit = read_cursor(None, asked.get("limit")).limit
        page = catalogue(wanted, asked.get("cursor", ""), limit)
        cards = cards_in_order([entry.token_id for entry in page.items])
        return Response(page_json(Page(cards, page.next_cursor), dataset_json))


class DatasetView(PublicView):
    """GET: one dataset with its newest version."""

    def get(self, request: Request, token_id: str) -> Response:
        read_waiting()
        return Response(dataset_json(dataset_card(path_number(token_id, "dataset"))))


class VersionsView(PublicView):
    """GET: the versions of a dataset, newest first."""

    def get(self, request: Request, token_id: str) -> Response:
        dataset = find_dataset(path_number(token_id, "dataset"))
        return Response(page_json(versions_of(dataset.token_id, cursor_of(request)), version_json))


class VersionView(PublicView):
    """GET: one version with its profile."""

    def get(self, request: Request, token_id: str, number: str) -> Response:
        read_waiting()
        card = find_version(path_number(token_id, "dataset"), path_number(number, "version"))
        return Response(version_with_profile_json(card))


class ChangesView(PublicView):
    """GET: what changed in a version, from the one before or from version `?from=n`."""

    def get(self, request: Request, token_id: str, number: str) -> Response:
        after = find_version(path_number(token_id, "dataset"), path_number(number, "version"))
        first = query_number(request, "from") or max(1, after.version.number - 1)
        before = find_version(int(after.version.dataset_id), first)
        return Response({"from": first, "to": after.version.number, **asdict(changes_between(before, after))})


class CroissantView(PublicView):
    """GET: the metadata document's own bytes, `?version=n`; they hash to the digest on chain."""

    def get(self, request: Request, token_id: str) -> HttpResponse:
        dataset = find_dataset(path_number(token_id, "dataset"))
        number = query_number(request, "version") or dataset.version_count
        card = find_version(dataset.token_id, number)
        document = public_store(card.metadata_cid).read_block(card.metadata_cid)
        response = HttpResponse(document, content_type="application/ld+json")
        name = f"dataset-{dataset.token_id}-v{number}.jsonld"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["ETag"] = f'"{card.metadata_cid}"'
        return response


class TermsView(PublicView):
    """GET: the terms of a dataset as an ODRL 2.2 offer."""

    def get(self, request: Request, token_id: str) -> HttpResponse:
        card = dataset_card(path_number(token_id, "dataset"))
        wanted = ListingFilter(dataset_id=card.dataset.token_id, only_open=True)
        document = terms_of(card, listings(wanted, Cursor(limit=MAX_LIMIT)).items)
        return HttpResponse(json.dumps(document), content_type="application/ld+json")


class DatasetListingsView(WalletView):
    """POST: the terms of an offer; answers with the transaction that lists."""

    parser_classes = [StrictJSONParser]

    def post(self, request: Request, token_id: str) -> Response:
        prepared = prepare_listing(
            wallet=user_of(request).address,
            token_id=path_number(token_id, "dataset"),
            terms=read_body(ListingTerms, request.data),
        )
        return Response({"transaction": prepared.as_json()})
