"""Disputes over the API: who challenges what, and what verifiers say."""

from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import WalletSession
from accounts.bodies import Body, EmptyBody, read_body
from common.errors import InvalidInput
from common.paging import take_page
from governance.api.parameters import given_number
from marketplace.api.requests import cursor_of
from qjobs.api.dispute_documents import approved_json, dispute_json
from qjobs.models import Dispute
from qjobs.selectors.disputes import all_disputes, view_disputes
from qjobs.services.disputes import MAX_REASON, prepare_challenge, prepare_close


class ChallengeBody(Body):
    """Which task's result, and why it is said to be wrong; the text becomes public."""

    task: int = Field(default=0, ge=0, le=255)
    reason: str = Field(min_length=1, max_length=MAX_REASON)


class DisputesView(APIView):
    """GET: challenges of results, the newest first."""

    authentication_classes = [WalletSession]

    def get(self, request: Request) -> Response:
        rows = all_disputes(job_id=given_number(request, "job_id"), state=_given_state(request))
        page = take_page(rows, "number", cursor_of(request))
        results = [dispute_json(view) for view in view_disputes(list(page.items))]
        return Response({"results": results, "next": page.next_cursor})


class ChallengeView(APIView):
    """POST: prepares the challenge of a result, with the exact approval of its bond."""

    authentication_classes = [WalletSession]

    def post(self, request: Request, job_id: int) -> Response:
        body = read_body(ChallengeBody, request.data)
        offer = prepare_challenge(
            job_id=job_id, task=body.task, reason=body.reason, sender=request.user.address
        )
        return Response(approved_json(offer))


class CloseDisputeView(APIView):
    """POST: prepares the end of a dispute whose time to attest is over."""

    authentication_classes = [WalletSession]

    def post(self, request: Request, job_id: int) -> Response:
        read_body(EmptyBody, request.data)
        return Response({"transaction": prepare_close(job_id=job_id).as_json()})


def _given_state(request: Request) -> int | None:
    text = request.query_params.get("state")
    if text is None:
        return None
    numbers = {state.label: state.value for state in Dispute.State}
    if text not in numbers:
        raise InvalidInput(f"A state is one of {', '.join(numbers)}.", field="state")
    return numbers[text]
