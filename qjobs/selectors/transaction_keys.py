"""The idempotency keys of the transactions of runs and disputes."""

from chain.deployments import current
from qjobs.models import Dispute, Job, Run


def transaction_key(kind: str, run: Run) -> str:
    """The key of one of a run's transactions ("claim", "result"), spelled by meaning.

    It names the board, so that other contracts start afresh; a resumed run claims under its next number.
    """
    board = current().address_of("JobBoard")
    if kind == "claim":
        return f"claim:{board}:{run.job_id}:{run.task}:{run.claims}"
    return f"{kind}:{board}:{run.job_id}:{run.task}:{run.epoch}"


def settlement_key(job: Job) -> str:
    """The key of a job's settlement after its window of now: a dispute opens another one."""
    return f"settle:{current().address_of('JobBoard')}:{job.job_id}:{job.window_ends_at}"


def dispute_key(act: str, dispute: Dispute, sender: str) -> str:
    """The key of what one key of ours sends in a dispute ("attest", "close").

    A challenge that a reorganisation mined anew is another one.
    """
    book = current().address_of("DisputeBook")
    return f"{act}:{book}:{dispute.pk}:{dispute.opened_tx[:18]}:{sender}"
