"""Jobs over the API: request, read, and the acts that wallets sign."""

from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import WalletSession
from accounts.bodies import Body, EmptyBody, Units, read_body
from common.errors import InvalidInput
from common.paging import read_cursor, take_page
from governance.api.parameters import given_address, given_number
from governance.selectors.clock import chain_time
from qjobs.api.documents import job_json, job_row_json, offer_json
from qjobs.models import Job
from qjobs.rules.deadlines import Deadlines, deadlines_of
from qjobs.selectors.jobs import JobFilter, all_jobs, view_job
from qjobs.services.acts import (
    prepare_cancel,
    prepare_consent,
    prepare_expire,
    prepare_settle,
    propose_approval,
)
from qjobs.services.requests import (
    JobOffer,
    Permit,
    Wish,
    check_payment,
    offer_with_permit,
    request_with_approval,
    request_with_permit,
)


class PermitBody(Body):
    """The signed permit."""

    deadline: Units
    signature: str


class JobBody(Body):
    """A request: which spec, which passes, until when, and how the escrow is paid."""

    spec_digest: str
    pass_ids: list[Units] = []
    approve_by: Units | None = None
    claim_by: Units | None = None
    approve_seconds: int | None = Field(default=None, ge=1)
    claim_seconds: int | None = Field(default=None, ge=1)
    payment: str = "permit"
    permit: PermitBody | None = None


class ApprovalBody(Body):
    """What the proposer adds to the spec's own words."""

    note: str = Field(default="", max_length=4000)


class ConsentBody(Body):
    """For which dataset."""

    dataset_id: Units


class JobsView(APIView):
    """GET: jobs, newest first. POST: quotes a job, then prepares its request."""

    authentication_classes = [WalletSession]

    def get(self, request: Request) -> Response:
        wanted = JobFilter(
            state=_given_state(request),
            requester=given_address(request, "requester"),
            spec_digest=request.query_params.get("spec_digest"),
            dataset_id=given_number(request, "dataset_id"),
        )
        cursor = read_cursor(request.query_params.get("cursor"), request.query_params.get("limit"))
        page = take_page(all_jobs(wanted), "job_id", cursor)
        return Response({"results": [job_row_json(job) for job in page.items], "next": page.next_cursor})

    def post(self, request: Request) -> Response:
        body = read_body(JobBody, request.data)
        check_payment(body.payment)
        now = chain_time()
        deadlines = deadlines_of(
            approve_by=body.approve_by,
            claim_by=body.claim_by,
            approve_seconds=body.approve_seconds,
            claim_seconds=body.claim_seconds,
            now=now,
        )
        return Response(offer_json(_offer(body, request.user.address, deadlines, now)))


class JobView(APIView):
    """GET: one job with everything."""

    authentication_classes = [WalletSession]

    def get(self, request: Request, job_id: int) -> Response:
        return Response(job_json(view_job(job_id)))


class JobProposalView(APIView):
    """POST: prepares the proposal that members approve this job."""

    authentication_classes = [WalletSession]

    def post(self, request: Request, job_id: int) -> Response:
        body = read_body(ApprovalBody, request.data)
        prepared = propose_approval(job_id=job_id, proposer=request.user.address, note=body.note)
        return Response(
            {
                "proposal_id": str(prepared.proposal_id),
                "description": prepared.description,
                "transaction": prepared.transaction.as_json(),
            }
        )


class ConsentView(APIView):
    """POST: prepares a dataset owner's consent."""

    authentication_classes = [WalletSession]

    def post(self, request: Request, job_id: int) -> Response:
        body = read_body(ConsentBody, request.data)
        prepared = prepare_consent(job_id=job_id, dataset_id=body.dataset_id, sender=request.user.address)
        return Response({"transaction": prepared.as_json()})


class JobCancelView(APIView):
    """POST: prepares the requester's cancel."""

    authentication_classes = [WalletSession]

    def post(self, request: Request, job_id: int) -> Response:
        read_body(EmptyBody, request.data)
        prepared = prepare_cancel(job_id=job_id, sender=request.user.address)
        return Response({"transaction": prepared.as_json()})


class SettleView(APIView):
    """POST: prepares the settlement of a job whose window is over."""

    authentication_classes = [WalletSession]

    def post(self, request: Request, job_id: int) -> Response:
        read_body(EmptyBody, request.data)
        return Response({"transaction": prepare_settle(job_id=job_id).as_json()})


class ExpireView(APIView):
    """POST: prepares the end of an overdue job."""

    authentication_classes = [WalletSession]

    def post(self, request: Request, job_id: int) -> Response:
        read_body(EmptyBody, request.data)
        return Response({"transaction": prepare_expire(job_id=job_id).as_json()})


def _offer(body: JobBody, requester: str, deadlines: Deadlines, now: int) -> JobOffer:
    wish = Wish(requester, body.spec_digest, tuple(body.pass_ids), deadlines)
    if body.payment == "approve":
        return request_with_approval(wish)
    if body.permit is None:
        return offer_with_permit(wish, now=now)
    return request_with_permit(wish, Permit(body.permit.deadline, body.permit.signature))


def _given_state(request: Request) -> int | None:
    text = request.query_params.get("state")
    if text is None:
        return None
    numbers = {state.label: state.value for state in Job.State}
    if text not in numbers:
        raise InvalidInput(f"A state is one of {', '.join(numbers)}.", field="state")
    return numbers[text]
