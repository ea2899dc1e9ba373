"""Executors, verifiers and their stakes over the API."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import WalletSession
from accounts.bodies import Body, EmptyBody, Units, read_body
from common.errors import NotFound
from common.paging import take_page
from governance.api.parameters import checked_address
from marketplace.api.requests import cursor_of
from qjobs.api.dispute_documents import approved_json, executor_json
from qjobs.selectors.executors import all_executors, records_of
from qjobs.services.stakes import (
    prepare_leaving,
    prepare_stake,
    prepare_stake_withdrawal,
    prepare_unstake,
)


class StakeBody(Body):
    """How much, in base units of the stake token."""

    amount: Units


class SourceBody(Body):
    """Which contract pays: ExecutorRegistry or DisputeBook."""

    source: str


class ExecutorsView(APIView):
    """GET: executors and verifiers with their stakes and records, the newest first."""

    authentication_classes = [WalletSession]

    def get(self, request: Request) -> Response:
        page = take_page(all_executors(), "number", cursor_of(request))
        results = [executor_json(record) for record in records_of(page.items)]
        return Response({"results": results, "next": page.next_cursor})


class ExecutorView(APIView):
    """GET: one executor."""

    authentication_classes = [WalletSession]

    def get(self, request: Request, address: str) -> Response:
        row = all_executors().filter(pk=checked_address(address, field="address")).first()
        if row is None:
            raise NotFound("This address was never admitted and never had a stake.")
        return Response(executor_json(records_of([row])[0]))


class StakesView(APIView):
    """POST: prepares more at stake, with the exact approval before it."""

    authentication_classes = [WalletSession]

    def post(self, request: Request) -> Response:
        body = read_body(StakeBody, request.data)
        return Response(approved_json(prepare_stake(units=body.amount, sender=request.user.address)))


class LeavingStakesView(APIView):
    """POST: prepares that a part of the caller's stake begins to leave."""

    authentication_classes = [WalletSession]

    def post(self, request: Request) -> Response:
        body = read_body(StakeBody, request.data)
        prepared = prepare_leaving(units=body.amount, sender=request.user.address)
        return Response({"transaction": prepared.as_json()})


class ReleasedStakesView(APIView):
    """POST: prepares that what was leaving is credited to the caller."""

    authentication_classes = [WalletSession]

    def post(self, request: Request) -> Response:
        read_body(EmptyBody, request.data)
        return Response({"transaction": prepare_unstake(sender=request.user.address).as_json()})


class StakeWithdrawalsView(APIView):
    """POST: prepares the withdrawal of released stakes, or of bonds and what a lost dispute took."""

    authentication_classes = [WalletSession]

    def post(self, request: Request) -> Response:
        body = read_body(SourceBody, request.data)
        transaction, units = prepare_stake_withdrawal(source=body.source, sender=request.user.address)
        return Response({"transaction": transaction.as_json(), "credit": str(units)})
