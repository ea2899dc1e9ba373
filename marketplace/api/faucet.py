"""The local faucet."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.bodies import EmptyBody, read_body
from common.api_json import StrictJSONParser
from marketplace.api.requests import WalletView, user_of
from marketplace.api.shapes import gifts_json
from marketplace.services.faucet import ask_faucet, gifts_of, require_local_chain


class FaucetView(WalletView):
    """GET: how far one's gifts are. POST: asks for them, each once a wallet."""

    parser_classes = [StrictJSONParser]

    def initial(self, request: Request, *args, **kwargs) -> None:
        require_local_chain()
        super().initial(request, *args, **kwargs)

    def get(self, request: Request) -> Response:
        wallet = user_of(request).address
        return Response(gifts_json(wallet, gifts_of(wallet)))

    def post(self, request: Request) -> Response:
        read_body(EmptyBody, request.data)
        wallet = user_of(request).address
        return Response(gifts_json(wallet, ask_faucet(wallet)), status=202)
