"""What each endpoint answers and which questions it takes: what neither its route nor its handler tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import Field

from accounts.answers import Caller, KeyAnswer, NewKeyAnswer, SignedIn, SignInOffer
from common.api_types import Address, Bytes32, CidText, Id, Json, ListOf, PageOf, TransactionHash
from governance.api import answers as vote
from governance.rules.states import ProposalState
from marketplace.api import answers as market
from marketplace.selectors.catalogue import FACET_NAMES, MAX_FACET_CHARS, MAX_QUERY_CHARS, SORTS
from marketplace.services.changes import Changes
from qjobs.api import answers as jobs
from qjobs.api import dispute_answers as disputes
from qjobs.models import Dispute, Job

JSON = "application/json"
JSON_LD = "application/ld+json"
EVENTS = "text/event-stream"
Words = Annotated[str, Field(max_length=MAX_QUERY_CHARS)]
Facet = Annotated[str, Field(max_length=MAX_FACET_CHARS)]
Yes = Annotated[str, Field(json_schema_extra={"enum": ["1", "0"]})]
Sort = Annotated[str, Field(json_schema_extra={"enum": list(SORTS)})]
State = Annotated[str, Field(json_schema_extra={"enum": [str(state) for state in ProposalState]})]
JobState = Annotated[str, Field(json_schema_extra={"enum": [str(state.label) for state in Job.State]})]
DisputeState = Annotated[str, Field(json_schema_extra={"enum": [str(each.label) for each in Dispute.State]})]
Open = Annotated[str, Field(json_schema_extra={"enum": ["OPEN"]})]
Nonce = Annotated[str, Field(pattern="^(0|[1-9][0-9]{0,18})$", examples=["7"])]


@dataclass(frozen=True)
class Told:
    """An endpoint's answer, None where it has no words.

    also: other statuses of success. asks: the query parameters with their types, needs: those of them that
    must be given.
    """

    answer: Any
    status: int = 200
    also: tuple[int, ...] = ()
    asks: Mapping[str, Any] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    media: tuple[str, ...] = (JSON,)
    headers: Mapping[str, Any] = field(default_factory=dict)


PAGE = {
    "cursor": Annotated[str, Field(max_length=200, examples=["20"])],
    "limit": Annotated[int, Field(ge=1, le=100)],
}
TOKEN_PAGE = PAGE | {"cursor": Address}
UPLOAD_KEY = {"Upload-Key": str}
CONTENT_DIGEST = {
    "Content-Digest": Annotated[
        str, Field(pattern="^sha-256=:[A-Za-z0-9+/]{43}=:$", examples=["sha-256=:" + "A" * 43 + "=:"])
    ]
}
PREPARED = Told(vote.Prepared)

ACCOUNTS = {
    "GET auth/nonce": Told(SignInOffer, asks={"address": Address}),
    "POST auth/sign-in": Told(SignedIn),
    "POST auth/sign-out": Told(None, 204),
    "GET auth/me": Told(Caller),
    "GET keys": Told(PageOf[KeyAnswer], asks=PAGE),
    "POST keys": Told(NewKeyAnswer, 201),
    "DELETE keys/{key_id}": Told(None, 204),
}
VOTE = {
    "GET governance": Told(vote.GovernanceAnswer),
    "GET members/{address}": Told(vote.MemberAnswer),
    "GET parameters": Told(vote.ParametersAnswer),
    "POST pauses": PREPARED,
    "POST delegations": PREPARED,
    "GET transactions/{tx_hash}": Told(vote.TransactionFate, asks={"sender": Address, "nonce": Nonce}),
    "GET proposals": Told(PageOf[vote.ProposalRow], asks={"state": State, "proposer": Address, **PAGE}),
    "POST proposals": Told(vote.PreparedProposalAnswer),
    "GET proposal-kinds": Told(ListOf[vote.KindAnswer]),
    "POST proposal-kinds/{kind}": Told(vote.PreparedProposalAnswer),
    "GET proposals/{number}": Told(vote.ProposalAnswer),
    "GET proposals/{number}/votes": Told(PageOf[vote.BallotAnswer], asks=PAGE),
    "POST proposals/{number}/votes": Told(vote.PreparedVoteAnswer),
    "GET proposals/{number}/ballots": Told(
        vote.RelayAnswer, asks={"voter": Address}, needs=frozenset({"voter"})
    ),
    "POST proposals/{number}/ballots": Told(vote.BallotOfferAnswer | vote.RelayAnswer),
    "POST proposals/{number}/demo-votes": Told(vote.DemoVoteAnswer, 202),
    "POST proposals/{number}/queue": PREPARED,
    "POST proposals/{number}/execute": PREPARED,
    "POST proposals/{number}/cancel": PREPARED,
}
CATALOGUE = {
    "q": Words,
    "owner": Address,
    "sort": Sort,
    "include_retired": Yes,
    **dict.fromkeys(FACET_NAMES, Facet),
    **PAGE,
}
MARKET = {
    "GET uploads": Told(PageOf[market.UploadRow], asks=PAGE),
    "POST uploads": Told(market.UploadAnswer, 201, also=(200,)),
    "GET uploads/sessions": Told(PageOf[market.SessionAnswer], asks=PAGE),
    "POST uploads/sessions": Told(market.NewSessionAnswer, 201),
    "GET uploads/sessions/{session_id}": Told(market.SessionAnswer),
    "DELETE uploads/sessions/{session_id}": Told(None, 204),
    "PUT uploads/sessions/{session_id}/chunks/{number}": Told(
        market.ChunkAnswer, headers=UPLOAD_KEY | CONTENT_DIGEST
    ),
    "POST uploads/sessions/{session_id}/finish": Told(
        market.UploadAnswer | market.SessionAnswer, 201, also=(202,), headers=UPLOAD_KEY
    ),
    "GET uploads/{upload_id}": Told(market.UploadAnswer),
    "POST uploads/{upload_id}/publication": Told(market.PublicationAnswer, 201),
    "POST uploads/{upload_id}/version": Told(market.NextVersionAnswer, 201),
    "POST uploads/{upload_id}/erasure": Told(market.ErasureAnswer),
    "POST datasets/{token_id}/versions/{number}/grants": Told(market.GrantAnswer, 201),
    "GET datasets": Told(PageOf[market.DatasetAnswer], asks=CATALOGUE),
    "GET datasets/{token_id}": Told(market.DatasetAnswer),
    "GET datasets/{token_id}/versions": Told(PageOf[market.VersionRow], asks=PAGE),
    "GET datasets/{token_id}/versions/{number}": Told(market.VersionAnswer),
    "GET datasets/{token_id}/versions/{number}/changes": Told(Changes, asks={"from": Id}),
    "GET datasets/{token_id}/croissant": Told(Json, asks={"version": Id}, media=(JSON_LD,)),
    "GET datasets/{token_id}/terms": Told(Json, media=(JSON_LD,)),
    "POST datasets/{token_id}/listings": PREPARED,
    "GET listings": Told(
        PageOf[market.ListingRow], asks={"dataset": Id, "model": Id, "seller": Address, "state": Open, **PAGE}
    ),
    "GET listings/{listing_id}": Told(market.ListingAnswer),
    "POST listings/{listing_id}/purchase": Told(market.PurchaseAnswer),
    "POST listings/{listing_id}/delisting": PREPARED,
    "GET passes": Told(
        PageOf[market.PassAnswer],
        asks={"holder": Address, "dataset": Id, **PAGE},
        needs=frozenset({"holder"}),
    ),
    "GET market/credits/{account}": Told(PageOf[market.CreditAnswer], asks=TOKEN_PAGE),
    "POST market/withdrawals": PREPARED,
    "GET faucet": Told(market.GiftsAnswer),
    "POST faucet": Told(market.GiftsAnswer, 202),
}
JOBS = {
    "POST specs": Told(jobs.SpecAnswer),
    "GET specs/schema": Told(Json),
    "GET specs/{digest}": Told(jobs.SpecAnswer),
    "GET jobs": Told(
        PageOf[jobs.JobRow],
        asks={
            "state": JobState,
            "requester": Address,
            "spec_digest": Bytes32,
            "dataset_id": Id,
            **PAGE,
        },
    ),
    "POST jobs": Told(jobs.JobOfferAnswer),
    "GET jobs/{job_id}": Told(jobs.JobAnswer),
    "GET jobs/{job_id}/events": Told(
        jobs.ProgressAnswer,
        asks={"after": Annotated[str, Field(max_length=80, examples=["0"])]},
        media=(JSON, EVENTS),
    ),
    "POST jobs/{job_id}/proposal": Told(vote.PreparedProposalAnswer),
    "POST jobs/{job_id}/consent": PREPARED,
    "POST jobs/{job_id}/cancel": PREPARED,
    "POST jobs/{job_id}/settle": PREPARED,
    "POST jobs/{job_id}/expire": PREPARED,
    "GET jobs/credits/{address}": Told(PageOf[jobs.JobCreditAnswer], asks=TOKEN_PAGE),
    "POST jobs/withdrawals": Told(jobs.JobWithdrawalAnswer),
    "POST jobs/{job_id}/challenge": Told(disputes.PreparedWithApproval),
    "POST jobs/{job_id}/close-dispute": PREPARED,
    "GET disputes": Told(PageOf[disputes.DisputeAnswer], asks={"job_id": Id, "state": DisputeState, **PAGE}),
    "GET executors": Told(PageOf[disputes.ExecutorAnswer], asks=PAGE),
    "GET executors/{address}": Told(disputes.ExecutorAnswer),
    "POST stakes": Told(disputes.PreparedWithApproval),
    "POST stakes/leaving": PREPARED,
    "POST stakes/release": PREPARED,
    "POST stakes/withdrawals": Told(disputes.StakeWithdrawalAnswer),
    "GET models": Told(PageOf[jobs.ModelRow], asks={"q": Words, "owner": Address, "dataset_id": Id, **PAGE}),
    "GET models/{token_id}": Told(jobs.ModelAnswer),
    "POST models/{token_id}/listings": PREPARED,
    "POST models/{token_id}/sale": Told(disputes.PreparedWithApproval),
    "POST models/{token_id}/files/{name}/grants": Told(market.GrantAnswer, 201),
    "POST models/{token_id}/predict": Told(jobs.PredictionAnswer),
}
ANSWERS: dict[str, Told] = ACCOUNTS | VOTE | MARKET | JOBS

# A parameter of a path that is one text for Django has a form of its own.
PATH_TYPES: dict[str, Any] = {
    "address": Address,
    "account": Address,
    "digest": Bytes32,
    "tx_hash": TransactionHash,
    "cid": CidText,
    **dict.fromkeys(("upload_id", "token_id", "listing_id", "number"), Id),
}
