"""Trained models and job credits over the API."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import WalletRequired, WalletSession
from accounts.bodies import Address, Body, read_body
from chain.deployments import address_of
from common.paging import read_cursor, take_page
from governance.api.parameters import checked_address, given_address, given_number
from marketplace.api.requests import address as token_address
from marketplace.api.requests import cursor_of, user_of
from marketplace.api.shapes import page_json
from marketplace.selectors.catalogue import check_query
from marketplace.tokens import token_at
from qjobs.api.dispute_documents import approved_json
from qjobs.api.documents import model_json, model_row_json
from qjobs.models import JobCredit
from qjobs.selectors.models import ModelFilter, all_models, view_model
from qjobs.services.acts import prepare_withdrawal
from qjobs.services.model_listings import (
    ModelListingTerms,
    ModelSaleTerms,
    prepare_model_listing,
    prepare_model_sale,
)


class WithdrawalBody(Body):
    """In which token; this chain's TestDollar where it is left out."""

    token: Address | None = None


class ModelsView(APIView):
    """GET: models, newest first; `q` searches their titles."""

    authentication_classes = [WalletSession]

    def get(self, request: Request) -> Response:
        cursor = read_cursor(request.query_params.get("cursor"), request.query_params.get("limit"))
        page = take_page(all_models(_wanted(request)), "token_id", cursor)
        return Response({"results": [model_row_json(one) for one in page.items], "next": page.next_cursor})


class ModelView(APIView):
    """GET: one model with its lineage and result."""

    authentication_classes = [WalletSession]

    def get(self, request: Request, token_id: int) -> Response:
        return Response(model_json(view_model(token_id)))


class ModelListingsView(APIView):
    """POST: prepares an offer of passes to predict with the model, for its owner."""

    authentication_classes = [WalletSession]
    permission_classes = [WalletRequired]

    def post(self, request: Request, token_id: int) -> Response:
        terms = read_body(ModelListingTerms, request.data)
        prepared = prepare_model_listing(wallet=user_of(request).address, token_id=token_id, terms=terms)
        return Response({"transaction": prepared.as_json()})


class ModelSaleView(APIView):
    """POST: prepares the sale of the model itself: the approval of this one token, then the listing."""

    authentication_classes = [WalletSession]
    permission_classes = [WalletRequired]

    def post(self, request: Request, token_id: int) -> Response:
        terms = read_body(ModelSaleTerms, request.data)
        offer = prepare_model_sale(wallet=user_of(request).address, token_id=token_id, terms=terms)
        return Response(approved_json(offer))


class WithdrawalsView(APIView):
    """POST: prepares the withdrawal of what JobBoard owes the caller."""

    authentication_classes = [WalletSession]

    def post(self, request: Request) -> Response:
        body = read_body(WithdrawalBody, request.data)
        token = body.token or address_of("TestDollar")
        transaction, units = prepare_withdrawal(account=request.user.address, token=token)
        return Response({"transaction": transaction.as_json(), "credit": str(units)})


class CreditsView(APIView):
    """GET: what JobBoard owes an account, token by token."""

    authentication_classes = [WalletSession]

    def get(self, request: Request, address: str) -> Response:
        rows = JobCredit.objects.filter(account=checked_address(address, field="address"))
        page = take_page(rows, "token", cursor_of(request, token_address))
        return Response(page_json(page, _credit_json))


def _wanted(request: Request) -> ModelFilter:
    return ModelFilter(
        owner=given_address(request, "owner"),
        dataset_id=given_number(request, "dataset_id"),
        query=check_query(request.query_params.get("q", "")),
    )


def _credit_json(row: JobCredit) -> dict[str, object]:
    token = token_at(row.token)
    return {
        "token": row.token,
        "symbol": token.symbol,
        "decimals": token.decimals,
        "amount": str(row.available_units),
        "credited": str(row.credited_units),
        "withdrawn": str(row.withdrawn_units),
    }
