"""Members, delegation and the rules in force over the API."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import WalletSession
from accounts.bodies import Address, Body, read_body
from governance.api.documents import governance_json, member_json
from governance.api.parameters import checked_address
from governance.selectors.members import view_member
from governance.selectors.settings import view_governance
from governance.services.voting import prepare_delegation


class DelegationBody(Body):
    """To whom the caller lends its votes."""

    delegate: Address


class MemberPage(APIView):
    """GET: what a member holds, may do and is missing."""

    authentication_classes = [WalletSession]

    def get(self, request: Request, address: str) -> Response:
        return Response(member_json(view_member(checked_address(address, field="address"))))


class DelegationsView(APIView):
    """POST: prepares the caller's delegation."""

    authentication_classes = [WalletSession]

    def post(self, request: Request) -> Response:
        body = read_body(DelegationBody, request.data)
        transaction = prepare_delegation(delegator=request.user.address, delegate=body.delegate)
        return Response({"transaction": transaction.as_json()})


class GovernancePage(APIView):
    """GET: contracts, quorum, threshold and periods in force."""

    authentication_classes = [WalletSession]

    def get(self, request: Request) -> Response:
        return Response(governance_json(view_governance()))
