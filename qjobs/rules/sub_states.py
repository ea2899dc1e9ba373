"""What a job waits for, in one line for people."""

from dataclasses import dataclass

from qjobs.rules.run_states import RunState


@dataclass(frozen=True)
class Standing:
    """Where a job stands: the chain's state in words, our executor's run and its newest message."""

    job_state: str
    proposal_states: tuple[str, ...]
    run_state: RunState | None
    run_reason: str
    newest_message: str
    executor: str | None
    window_ends_at: str | None
    is_window_over: bool


_OF_RUN = {
    RunState.QUEUED: "approved for good; waiting for a worker",
    RunState.CLAIMING: "a worker claims the job on chain",
    RunState.CLAIMED: "claimed; the computation starts",
    RunState.FROZEN: "computed; the result is about to be posted",
    RunState.POSTING: "posting the result on chain",
}
_BAD_ENDS = {RunState.REFUSED, RunState.FAILED, RunState.PAUSED, RunState.LOST}
_ENDED = {
    "settled": "settled: the model is minted and everybody is credited",
    "cancelled": "cancelled by the requester; the escrow went back",
    "expired": "expired; the escrow went back",
    "disputed": "challenged: verifiers compute the result again",
}


def sub_state(standing: Standing) -> str:
    """One line; the chain's word first, then our executor's."""
    if standing.job_state in _ENDED:
        return _ENDED[standing.job_state]
    if standing.run_state in _BAD_ENDS:
        return f"{standing.run_state.lower()}: {standing.run_reason}"
    if standing.job_state == "requested":
        return _of_vote(standing.proposal_states)
    if standing.job_state == "window":
        return _of_window(standing)
    if standing.run_state in _OF_RUN:
        return _OF_RUN[standing.run_state]
    return _of_running(standing)


def _of_window(standing: Standing) -> str:
    if standing.is_window_over:
        return "waiting to be settled"
    return f"challenge window until {standing.window_ends_at}"


def _of_running(standing: Standing) -> str:
    if standing.run_state in {RunState.RUNNING, RunState.TILING}:
        return f"running: {standing.newest_message}" if standing.newest_message else "running"
    if standing.job_state == "approved":
        return "approved; waiting until the approval is final"
    return f"running at executor {standing.executor}" if standing.executor else "running"


def _of_vote(states: tuple[str, ...]) -> str:
    if not states:
        return "waiting for a proposal"
    return {
        "pending": "proposed; the vote begins soon",
        "active": "members are voting",
        "succeeded": "the vote succeeded; to be queued",
        "queued": "queued in the Timelock",
        "executed": "the approval is being carried out",
    }.get(states[0], f"the proposal is {states[0]}")
