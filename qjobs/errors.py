"""What can go wrong around a job, named by the fact and worded for the person who asked."""

from common.errors import Conflict, NotFound, PermanentError, RetryableError, Unavailable


class SpecUnknown(NotFound):
    """Nobody pinned a spec with this digest here."""

    code = "spec_unknown"


class JobUnknown(NotFound):
    """There is no such job, or its block is not indexed yet."""

    code = "job_unknown"


class WrongJobState(Conflict):
    """The job's state does not allow the act."""

    code = "wrong_job_state"


class PassMissing(Conflict):
    """The requester has no usable compute pass for a dataset."""

    code = "pass_missing"


class NotOnTheList(Conflict):
    """Members have not allowed this engine or algorithm; JobBoard refuses the request."""

    code = "not_on_the_list"

    def __init__(self, kind: str, item: str) -> None:
        super().__init__(f"Members have not allowed the {kind} {item}: a vote must do so first.")
        self.kind = kind
        self.item = item


class NothingToWithdraw(Conflict):
    """The account has no credit in this token."""

    code = "nothing_to_withdraw"


class ModelDecidesNothing(Conflict):
    """The model gives no decision about rows: it is of another kind, or its bytes are away."""

    code = "model_decides_nothing"


class ModelStaysSealed(Unavailable):
    """The release service does not open the model for this wallet now."""

    code = "model_stays_sealed"


class PredictorBusy(Unavailable):
    """Too many predictions are being made at this moment."""

    code = "predictor_busy"


class RunRefused(PermanentError):
    """The executor will not run this job; the message says which rule it breaks."""

    code = "run_refused"


class JobTaken(PermanentError):
    """The job ended, or another executor has it; nothing is left to do here."""

    code = "job_taken"


class ResultRejected(PermanentError):
    """The verifiers of a dispute found our result wrong."""

    code = "result_rejected"


class SettlementFailed(PermanentError):
    """The chain refused to settle; anyone may still try."""

    code = "settlement_failed"


class ApprovalVanished(PermanentError):
    """The chain no longer shows the approval that a run was made for: a reorganisation beyond the depth."""

    code = "approval_vanished"


class LeaseLost(PermanentError):
    """Another worker holds the row; whatever this one still writes is void."""

    code = "lease_lost"


class NodeBehind(RetryableError):
    """The node has not yet seen the block that our rows speak of."""

    code = "node_behind"
