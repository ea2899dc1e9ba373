"""What the account's page names as the next thing to do."""

import pytest

from qjobs.models import Job
from qjobs.views.next_step import next_step

State = Job.State


def jobs(*states: int) -> list[Job]:
    """A wallet's jobs, newest first, numbered downwards."""
    return [Job(job_id=len(states) - position, state=state) for position, state in enumerate(states)]


@pytest.mark.parametrize(
    ("held", "computable", "url"),
    [
        ((), (), "/datasets"),
        ((), (7, 8), "/jobs/new?dataset=7"),
        ((State.CANCELLED,), (7,), "/jobs/new?dataset=7"),
        ((State.EXPIRED,), (), "/datasets"),
        ((State.REQUESTED,), (7,), "/jobs/1"),
        ((State.RUNNING, State.REQUESTED), (7,), "/jobs/1"),
        ((State.WINDOW, State.SETTLED), (7,), "/jobs/2"),
        ((State.DISPUTED,), (), "/jobs/1"),
        ((State.SETTLED, State.CANCELLED), (7,), "/jobs/2#verify"),
        ((State.CANCELLED, State.SETTLED), (7,), "/jobs/new?dataset=7"),
    ],
)
def test_next_step_is_what_the_newest_open_job_needs_then_what_a_pass_allows(
    held: tuple[int, ...], computable: tuple[int, ...], url: str
) -> None:
    assert next_step(jobs(*held), computable).url == url
