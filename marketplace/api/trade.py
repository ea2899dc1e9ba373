"""Listings, purchases, passes, credits and withdrawals."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.bodies import EmptyBody, read_body
from common.api_json import StrictJSONParser
from common.errors import InvalidInput
from marketplace.api.requests import (
    PublicView,
    WalletView,
    address,
    cursor_of,
    path_number,
    query_address,
    query_number,
    user_of,
)
from marketplace.api.shapes import (
    credit_json,
    listing_json,
    page_json,
    pass_json,
    permit_json,
    quote_json,
)
from marketplace.rules.terms import PurchaseTerms, WithdrawalTerms
from marketplace.rules.trade import ListingState
from marketplace.selectors.trade import (
    ListingFilter,
    credits_of,
    find_listing,
    listings,
    passes_of,
)
from marketplace.services.listings import prepare_delisting, prepare_withdrawal
from marketplace.services.purchases import (
    offer_permit,
    prepare_purchase_with_approval,
    prepare_purchase_with_permit,
    quote_if_known,
)


class ListingsView(PublicView):
    """GET: listings, `?dataset=&model=&seller=&state=OPEN`."""

    def get(self, request: Request) -> Response:
        state = request.query_params.get("state", "")
        if state not in {"", ListingState.OPEN}:
            raise InvalidInput("state can only be OPEN, or be left out", field="state")
        wanted = ListingFilter(
            dataset_id=query_number(request, "dataset"),
            model_id=query_number(request, "model"),
            seller=query_address(request, "seller"),
            only_open=state == ListingState.OPEN,
        )
        return Response(page_json(listings(wanted, cursor_of(request)), listing_json))


class ListingView(PublicView):
    """GET: one listing, with where its price goes."""

    def get(self, request: Request, listing_id: str) -> Response:
        card = find_listing(path_number(listing_id, "listing"))
        return Response({**listing_json(card), "quote": quote_json(quote_if_known(card))})


class PurchaseView(WalletView):
    """POST: a permit to sign, or the transactions that buy."""

    parser_classes = [StrictJSONParser]

    def post(self, request: Request, listing_id: str) -> Response:
        terms = read_body(PurchaseTerms, request.data)
        wallet, number = user_of(request).address, path_number(listing_id, "listing")
        if terms.mode == "approve":
            approval, purchase = prepare_purchase_with_approval(wallet=wallet, listing_id=number, terms=terms)
            return Response({"transactions": [approval.as_json(), purchase.as_json()]})
        if terms.permit is None:
            return Response(permit_json(offer_permit(wallet=wallet, listing_id=number, terms=terms)))
        prepared = prepare_purchase_with_permit(wallet=wallet, listing_id=number, terms=terms)
        return Response({"transaction": prepared.as_json()})


class DelistingView(WalletView):
    """POST: prepares what takes the seller's own listing off the market."""

    parser_classes = [StrictJSONParser]

    def post(self, request: Request, listing_id: str) -> Response:
        read_body(EmptyBody, request.data)
        number = path_number(listing_id, "listing")
        prepared = prepare_delisting(wallet=user_of(request).address, listing_id=number)
        return Response({"transaction": prepared.as_json()})


class PassesView(PublicView):
    """GET: the passes of a wallet, `?holder=&dataset=`."""

    def get(self, request: Request) -> Response:
        holder = query_address(request, "holder")
        if not holder:
            raise InvalidInput("name the wallet", field="holder")
        page = passes_of(holder, query_number(request, "dataset"), cursor_of(request))
        return Response(page_json(page, pass_json))


class CreditsView(PublicView):
    """GET: what an account earned at the market, token by token."""

    def get(self, request: Request, account: str) -> Response:
        page = credits_of(address(account, "address"), cursor_of(request, address))
        return Response(page_json(page, credit_json))


class WithdrawalsView(WalletView):
    """POST: the token; answers with the transaction that withdraws."""

    parser_classes = [StrictJSONParser]

    def post(self, request: Request) -> Response:
        terms = read_body(WithdrawalTerms, request.data)
        prepared = prepare_withdrawal(wallet=user_of(request).address, token=terms.token)
        return Response({"transaction": prepared.as_json()})
