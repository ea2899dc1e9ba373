"""The demo member of a local chain, over the API."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import WalletSession
from accounts.bodies import EmptyBody, read_body
from common.api_json import StrictJSONParser
from governance.services.demo_members import ask_demo_member, require_demo_member


class DemoVotesView(APIView):
    """POST: the demo member votes for the proposal, once; exists on a local chain alone."""

    authentication_classes = [WalletSession]
    parser_classes = [StrictJSONParser]

    def initial(self, request: Request, *args, **kwargs) -> None:
        require_demo_member()
        super().initial(request, *args, **kwargs)

    def post(self, request: Request, number: int) -> Response:
        read_body(EmptyBody, request.data)
        entry = ask_demo_member(number)
        return Response({"state": entry.state, "error": entry.error}, status=202)
