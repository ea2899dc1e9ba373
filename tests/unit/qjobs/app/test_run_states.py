"""The one transition table of a run, and when a waiting one has something to do."""

from dataclasses import replace

import pytest

from qjobs.models import Run
from qjobs.rules.run_states import (
    OPEN_STATES,
    TRANSITIONS,
    Outlook,
    RunState,
    has_something_to_do,
    sources_of,
)

QUIET = Outlook(
    state=RunState.QUEUED,
    is_job_over=False,
    is_task_claimed=False,
    is_result_posted=False,
    is_window_over=False,
    transaction_failed=False,
)
WAITING = {
    RunState.CLAIMING: "is_task_claimed",
    RunState.POSTING: "is_result_posted",
    RunState.POSTED: "is_window_over",
}


def test_table_and_database_know_the_same_states():
    assert set(TRANSITIONS) == set(RunState)
    assert {state.value for state in RunState} == set(Run.State.values)


def test_every_open_state_reaches_the_end_and_every_bad_end():
    for state in OPEN_STATES:
        assert {RunState.REFUSED, RunState.LOST, RunState.FAILED, RunState.PAUSED} <= TRANSITIONS[state]
    reached, wave = set(), {RunState.QUEUED}
    while wave:
        reached |= wave
        wave = {target for state in wave for target in TRANSITIONS[state]} - reached
    assert reached == set(RunState)


def test_nothing_leaves_done_refused_or_lost():
    assert not any(TRANSITIONS[state] for state in (RunState.DONE, RunState.REFUSED, RunState.LOST))


def test_result_is_frozen_only_by_a_computation():
    assert sources_of(RunState.FROZEN) == (RunState.RUNNING,)


@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.CLAIMED, RunState.RUNNING, RunState.FROZEN])
def test_run_with_work_of_its_own_has_something_to_do(state):
    assert has_something_to_do(replace(QUIET, state=state))


@pytest.mark.parametrize(("state", "news"), WAITING.items())
def test_run_that_waits_for_the_chain_has_nothing_to_do_before_its_news(state, news):
    waiting = replace(QUIET, state=state)

    assert not has_something_to_do(waiting)
    assert has_something_to_do(replace(waiting, **{news: True}))


def test_run_that_settles_goes_on_only_when_a_dispute_opened_another_window():
    settling = replace(QUIET, state=RunState.SETTLING)

    assert not has_something_to_do(replace(settling, is_window_over=True))
    assert not has_something_to_do(replace(settling, is_settlement_unsent=True))
    assert has_something_to_do(replace(settling, is_window_over=True, is_settlement_unsent=True))


@pytest.mark.parametrize("state", OPEN_STATES)
def test_run_whose_job_ended_or_transaction_failed_has_something_to_do(state):
    assert has_something_to_do(replace(QUIET, state=state, is_job_over=True))
    assert has_something_to_do(replace(QUIET, state=state, transaction_failed=True))


@pytest.mark.parametrize("state", sorted(set(RunState) - set(OPEN_STATES)))
def test_run_that_ended_or_is_paused_is_left_alone(state):
    assert not has_something_to_do(replace(QUIET, state=state, is_job_over=True, transaction_failed=True))
