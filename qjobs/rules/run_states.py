"""The one table of what a run may become, and when a run that waits has something to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MAX_LOST_ATTEMPTS = 3
FIRST_RETRY_SECONDS = 2
LAST_RETRY_SECONDS = 60


class RunState(StrEnum):
    """From the approval at depth to the settled result."""

    QUEUED = "QUEUED"
    CLAIMING = "CLAIMING"
    CLAIMED = "CLAIMED"
    RUNNING = "RUNNING"
    TILING = "TILING"
    FROZEN = "FROZEN"
    POSTING = "POSTING"
    POSTED = "POSTED"
    SETTLING = "SETTLING"
    DONE = "DONE"
    REFUSED = "REFUSED"
    LOST = "LOST"
    FAILED = "FAILED"
    PAUSED = "PAUSED"


_BAD_ENDS = frozenset({RunState.REFUSED, RunState.LOST, RunState.FAILED, RunState.PAUSED})

# A claim that stands already (a database restored from yesterday) skips CLAIMING; a crash repeats RUNNING.
TRANSITIONS: Mapping[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.CLAIMING, RunState.CLAIMED}) | _BAD_ENDS,
    RunState.CLAIMING: frozenset({RunState.CLAIMED}) | _BAD_ENDS,
    RunState.CLAIMED: frozenset({RunState.RUNNING}) | _BAD_ENDS,
    RunState.RUNNING: frozenset({RunState.RUNNING, RunState.TILING, RunState.FROZEN}) | _BAD_ENDS,
    # The worker that completes the set of tiles puts the run back, to be joined.
    RunState.TILING: frozenset({RunState.RUNNING}) | _BAD_ENDS,
    RunState.FROZEN: frozenset({RunState.POSTING}) | _BAD_ENDS,
    RunState.POSTING: frozenset({RunState.POSTED}) | _BAD_ENDS,
    RunState.POSTED: frozenset({RunState.SETTLING, RunState.DONE}) | _BAD_ENDS,
    # A challenge may come between: the job is settled after the window that follows the dispute.
    RunState.SETTLING: frozenset({RunState.POSTED, RunState.DONE}) | _BAD_ENDS,
    # Only a person resumes a paused run; every check is then made anew from the start.
    RunState.PAUSED: frozenset({RunState.QUEUED}),
    RunState.DONE: frozenset(),
    RunState.REFUSED: frozenset(),
    RunState.LOST: frozenset(),
    RunState.FAILED: frozenset({RunState.QUEUED}),
}

OPEN_STATES = tuple(state for state in RunState if state not in _BAD_ENDS and state != RunState.DONE)
ENDED_STATES = (RunState.DONE, *(state for state in RunState if state in _BAD_ENDS - {RunState.PAUSED}))
BEFORE_RESULT_STATES = (
    RunState.QUEUED,
    RunState.CLAIMING,
    RunState.CLAIMED,
    RunState.RUNNING,
    RunState.TILING,
    RunState.FROZEN,
    RunState.POSTING,
)
RESUMABLE_STATES = (RunState.PAUSED, RunState.FAILED)


def sources_of(target: RunState) -> tuple[RunState, ...]:
    """The states from which a run may become `target`."""
    return tuple(state for state, targets in TRANSITIONS.items() if target in targets)


@dataclass(frozen=True)
class Outlook:
    """What rows say about a run that waits.

    transaction_failed: the outbox gave up on what we sent. is_settlement_unsent: nothing was sent to settle
    after the job's window of now. Neither counts while the job is disputed.
    """

    state: RunState
    is_job_over: bool
    is_task_claimed: bool
    is_result_posted: bool
    is_window_over: bool
    transaction_failed: bool
    is_settlement_unsent: bool = False


def has_something_to_do(outlook: Outlook) -> bool:
    """Whether a worker that takes the row now could move it."""
    if outlook.state not in OPEN_STATES:
        return False
    if outlook.is_job_over or outlook.transaction_failed:
        return True
    news = {
        RunState.CLAIMING: outlook.is_task_claimed,
        RunState.TILING: False,
        RunState.POSTING: outlook.is_result_posted,
        RunState.POSTED: outlook.is_window_over,
        RunState.SETTLING: outlook.is_window_over and outlook.is_settlement_unsent,
    }
    return news.get(outlook.state, True)


def retry_seconds(retries: int) -> int:
    """How long a step that met an absent node waits: 2, 4, 8, ... up to 60 seconds.

    >>> [retry_seconds(n) for n in range(7)]
    [2, 4, 8, 16, 32, 60, 60]
    """
    return min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** min(retries, 10))
