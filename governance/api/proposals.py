"""Proposals and votes over the API."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import WalletSession
from accounts.bodies import Address, Body, EmptyBody, Units, read_body
from chain.abi import Call
from chain.abi_types import hex_to_bytes
from chain.errors import UndecodableData
from common.errors import InvalidInput
from governance.api.answers import PreparedProposalAnswer, ProposalAnswer
from governance.api.documents import ballot_json, kind_json, proposal_json, proposal_summary_json
from governance.api.pages import MAX_PAGE_SIZE, CursorPage
from governance.api.parameters import given_address
from governance.errors import ActionsRefused
from governance.rules.states import ProposalState
from governance.selectors.kinds import action_words
from governance.selectors.proposals import all_proposals, view_proposal, view_proposals, votes_on
from governance.services.proposing import (
    PreparedProposal,
    prepare_cancel,
    prepare_execution,
    prepare_proposal,
    prepare_queue,
    prepare_typed_proposal,
)
from governance.services.voting import prepare_vote


class ProposalPage(CursorPage):
    ordering = ("-created_block", "-proposal_id")


class VotePage(CursorPage):
    ordering = ("-weight_units", "vote_id")


class ProposalBody(Body):
    """A proposal: one target, value and calldata an action."""

    targets: list[Address]
    values: list[Units]
    calldatas: list[str]
    description: str


class TypedProposalBody(Body):
    """A filled form: the answers by field; without a title the proposal says what its action does."""

    answers: dict[str, str] = {}
    title: str = ""
    reason: str = ""


class VoteBody(Body):
    """A vote."""

    support: str
    reason: str = ""


class ProposalsView(APIView):
    """GET: proposals, newest first; `state` and `proposer` filter. POST: prepares a new one."""

    authentication_classes = [WalletSession]

    def get(self, request: Request) -> Response:
        wanted = request.query_params.get("state")
        if wanted is not None and wanted not in set(ProposalState):
            raise InvalidInput(f"A state is one of {', '.join(ProposalState)}.", field="state")
        pages = ProposalPage()
        rows = all_proposals(proposer=given_address(request, "proposer"))
        views = view_proposals(pages.paginate_queryset(rows, request, self) or [])
        # A state follows from the clock, not from a column: it filters the page, which may come out short.
        kept = [view for view in views if wanted is None or view.state.value == wanted]
        return pages.get_paginated_response([proposal_summary_json(view) for view in kept])

    def post(self, request: Request) -> Response:
        body = read_body(ProposalBody, request.data)
        prepared = prepare_proposal(
            proposer=request.user.address, actions=_actions(body), description=body.description
        )
        return Response(prepared_json(prepared))


class ProposalKindsView(APIView):
    """GET: the typed forms of proposals with their fields.

    A short list that the site's code fixes, given whole: it has no pages.
    """

    authentication_classes = [WalletSession]

    def get(self, request: Request) -> Response:
        return Response({"results": [kind_json(kind) for kind in action_words().kinds.values()]})


class TypedProposalsView(APIView):
    """POST: prepares the proposal that a filled form makes, with what it would change now."""

    authentication_classes = [WalletSession]

    def post(self, request: Request, kind: str) -> Response:
        body = read_body(TypedProposalBody, request.data)
        prepared = prepare_typed_proposal(
            proposer=request.user.address,
            kind=kind,
            answers=body.answers,
            title=body.title,
            reason=body.reason,
        )
        return Response(prepared_json(prepared))


class ProposalView(APIView):
    """GET: one proposal with its heaviest votes."""

    authentication_classes = [WalletSession]

    def get(self, request: Request, number: int) -> Response:
        proposal = proposal_json(view_proposal(number))
        ballots = [ballot_json(vote) for vote in votes_on(number)[:MAX_PAGE_SIZE]]
        document: ProposalAnswer = {**proposal, "ballots": ballots}
        return Response(document)


class VotesView(APIView):
    """GET: the votes on a proposal, heaviest first. POST: prepares the caller's vote."""

    authentication_classes = [WalletSession]

    def get(self, request: Request, number: int) -> Response:
        view_proposal(number)
        pages = VotePage()
        votes = pages.paginate_queryset(votes_on(number), request, self) or []
        return pages.get_paginated_response([ballot_json(vote) for vote in votes])

    def post(self, request: Request, number: int) -> Response:
        body = read_body(VoteBody, request.data)
        vote = prepare_vote(
            number=number, voter=request.user.address, support=body.support, reason=body.reason
        )
        return Response(
            {"transaction": vote.transaction.as_json(), "power_at_snapshot": str(vote.power_at_snapshot)}
        )


class QueueView(APIView):
    """POST: prepares the queueing of a proposal that won."""

    authentication_classes = [WalletSession]

    def post(self, request: Request, number: int) -> Response:
        read_body(EmptyBody, request.data)
        return Response({"transaction": prepare_queue(number).as_json()})


class ExecutionView(APIView):
    """POST: prepares the execution of a proposal whose wait is over."""

    authentication_classes = [WalletSession]

    def post(self, request: Request, number: int) -> Response:
        read_body(EmptyBody, request.data)
        return Response({"transaction": prepare_execution(number).as_json()})


class CancelView(APIView):
    """POST: prepares the proposer's withdrawal of a proposal whose vote has not begun."""

    authentication_classes = [WalletSession]

    def post(self, request: Request, number: int) -> Response:
        read_body(EmptyBody, request.data)
        return Response({"transaction": prepare_cancel(number, sender=request.user.address).as_json()})


def prepared_json(prepared: PreparedProposal) -> PreparedProposalAnswer:
    """A proposal that its proposer has yet to send."""
    return {
        "proposal_id": str(prepared.proposal_id),
        "description": prepared.description,
        "transaction": prepared.transaction.as_json(),
    }


def _actions(body: ProposalBody) -> list[Call]:
    if not len(body.targets) == len(body.values) == len(body.calldatas):
        raise ActionsRefused(
            f"{len(body.targets)} targets, {len(body.values)} values and {len(body.calldatas)} calldatas "
            "do not make whole actions.",
            field="calldatas",
        )
    try:
        calldatas = [hex_to_bytes(text) for text in body.calldatas]
    except UndecodableData as error:
        raise ActionsRefused(error.message, field="calldatas") from error
    return [
        Call(to=target, data=data, value=value)
        for target, value, data in zip(body.targets, body.values, calldatas, strict=True)
    ]
