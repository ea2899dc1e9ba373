"""The one thing that a wallet most likely wants to do next, for the top of its own page."""

from collections.abc import Sequence
from dataclasses import dataclass

from qjobs.models import Job

State = Job.State
UNDER_WAY = frozenset({State.APPROVED, State.RUNNING, State.WINDOW, State.DISPUTED})


@dataclass(frozen=True)
class NextStep:
    """What to do, why, and where."""

    title: str
    why: str
    url: str
    label: str


def next_step(jobs: Sequence[Job], computable: Sequence[int]) -> NextStep:
    """From the wallet's jobs, newest first, and the datasets that it holds a usable pass to compute on."""
    for job in jobs:
        if job.state == State.REQUESTED:
            return NextStep(
                f"Bring job {job.job_id} to the vote",
                "It is paid for. Members must approve exactly its document before a worker may run it.",
                f"/jobs/{job.job_id}",
                "Open the job",
            )
    for job in jobs:
        if job.state in UNDER_WAY:
            return NextStep(
                f"Job {job.job_id} is on its way",
                "Nothing to do now: its page shows each step while it happens.",
                f"/jobs/{job.job_id}",
                "Watch it",
            )
    if jobs and jobs[0].state == State.SETTLED:
        return NextStep(
            f"Check the result of job {jobs[0].job_id}",
            "Your browser can hash its files, and one command rebuilds the result from chain and IPFS alone.",
            f"/jobs/{jobs[0].job_id}#verify",
            "Check it",
        )
    if computable:
        return NextStep(
            "Ask the data a question",
            "You hold a pass to compute. Write down a job; members vote on exactly what you wrote.",
            f"/jobs/new?dataset={computable[0]}",
            "Request a job",
        )
    return NextStep(
        "Choose a dataset",
        "A pass to compute on it is the right to request a job. The price and every fee stand on its page.",
        "/datasets",
        "Browse datasets",
    )
