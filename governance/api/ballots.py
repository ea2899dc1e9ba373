"""Signed votes over the API: the document to sign, the signature back, how far the relayer is."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import WalletSession
from accounts.bodies import Address, Body, read_body
from common.errors import InvalidInput, NotFound
from governance.api.answers import RelayWords
from governance.api.parameters import given_address
from governance.selectors.relays import Relay, relay_of
from governance.services.relaying import offer_ballot, relay_ballot


class BallotBody(Body):
    """A vote to sign, or with its signature. `voter` where it is not the caller: a contract wallet."""

    support: str
    reason: str = ""
    voter: Address | None = None
    signature: str | None = None


class BallotsView(APIView):
    """GET `?voter=`: how far the relayer is. POST: the ballot to sign; with its signature, relays it."""

    authentication_classes = [WalletSession]

    def get(self, request: Request, number: int) -> Response:
        voter = given_address(request, "voter")
        if voter is None:
            raise InvalidInput("whose vote? voter is an address", field="voter")
        relay = relay_of(number, voter)
        if relay is None:
            raise NotFound("The relayer has no vote of this account on this proposal.")
        return Response({"relay": relay_json(relay)})

    def post(self, request: Request, number: int) -> Response:
        body = read_body(BallotBody, request.data)
        voter = body.voter or request.user.address
        if body.signature is not None:
            relay = relay_ballot(
                number=number,
                voter=voter,
                support=body.support,
                reason=body.reason,
                signature=body.signature,
            )
            return Response({"relay": relay_json(relay)})
        offer = offer_ballot(number=number, voter=voter, support=body.support, reason=body.reason)
        return Response(
            {
                "typed_data": offer.typed_data,
                "summary": offer.summary,
                "details": [detail.as_json() for detail in offer.details],
            }
        )


def relay_json(relay: Relay) -> RelayWords:
    """A vote with the relayer; `self_send` where the voter had better send it."""
    return {
        "state": relay.state,
        "tx_hash": relay.tx_hash,
        "trouble": relay.trouble,
        "self_send": relay.is_stuck,
    }
