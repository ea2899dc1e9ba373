"""The idempotency keys of a run's transactions."""

from chain.deployments import current
from qjobs.models import Run


def transaction_key(kind: str, run: Run) -> str:
    """The key of one of a run's transactions ("claim", "result", "settle"), spelled by meaning.

    It names the board, so that other contracts start afresh; a resumed run claims under its next number.
    """
    board = current().address_of("JobBoard")
    if kind == "settle":
        return f"settle:{board}:{run.job_id}"
    if kind == "claim":
        return f"claim:{board}:{run.job_id}:{run.task}:{run.claims}"
    return f"{kind}:{board}:{run.job_id}:{run.task}:{run.epoch}"
