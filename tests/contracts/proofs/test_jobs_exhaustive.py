"""Every sequence of a small alphabet, to a bounded depth: one job, plain or of two tasks, from its request;
and from its window on, with disputes.

From every state reached, everything is paid out.
"""

import pytest
from dispute_model import ATTEST_SECONDS
from dispute_world import DisputeWorld
from job_model import WINDOW_SECONDS
from job_world import APPROVE, CLAIM, RUN
from search import Action, explore


def alphabet(world: DisputeWorld, tasks: int) -> list[Action]:
    """Each call by its rightful caller, once by another, and the passing of each deadline."""
    second = list(world.model.datasets)[1]
    actions: list[Action] = [
        lambda w: w.model.jobs or w.request_job_of(tasks),
        lambda w: w.act("approve", "treasury", 1, True),
        lambda w: w.act("approve", "treasury", 1, False),
        lambda w: w.act("approve", "researcher", 1, True),
        lambda w: w.act("consent", "provider", 1, second),
        lambda w: w.act("withdraw_consent", "provider", 1, second),
        lambda w: w.act("cancel", "researcher", 1),
        lambda w: w.act("expire", "stranger", 1),
        lambda w: w.act("settle", "stranger", 1),
        lambda w: w.wait(RUN),
        lambda w: w.wait(APPROVE),
        lambda w: w.wait(CLAIM),
    ]
    for task in range(tasks):
        actions += [
            lambda w, task=task: w.act("claim", "executor", 1, task),
            lambda w, task=task: w.act("claim", "second executor", 1, task),
            lambda w, task=task: w.act("extend", "executor", 1, task),
            lambda w, task=task: w.act("post_result", "executor", 1, task, 1),
        ]
    return actions


def dispute_alphabet(tasks: int) -> list[Action]:
    """Challenges, what a verifier and one that is a party may say, and the passing of each deadline."""
    return [
        *(lambda w, task=task: w.act("challenge", "provider", 1, task) for task in range(tasks)),
        lambda w: w.act("challenge", "member", 1, 0),
        lambda w: w.act("attest", "contributor", 1, True),
        lambda w: w.act("attest", "contributor", 1, False),
        lambda w: w.act("attest", "member", 1, False),
        lambda w: w.act("close", "stranger", 1),
        lambda w: w.act("settle", "stranger", 1),
        lambda w: w.act("expire", "stranger", 1),
        lambda w: w.wait(WINDOW_SECONDS),
        lambda w: w.wait(ATTEST_SECONDS),
    ]


@pytest.mark.parametrize("tasks", [1, 2])
def test_every_short_sequence_does_what_the_model_does_and_pays_everything_out(
    job_world, figures, is_deep, tasks
):
    actions = alphabet(job_world, tasks)
    actions[0](job_world)
    calls_before, left_at = job_world.chain.calls, {}

    explore(job_world, actions, (7 if is_deep else 3) - tasks // 2, left_at)

    name = f"jobs of {tasks} task{'s' * (tasks > 1)}, every sequence"
    steps = job_world.chain.calls - calls_before
    figures.add(name, steps=steps, states=set(left_at), refusals=job_world.refusals)
    assert len(left_at) > 10


@pytest.mark.parametrize("tasks", [1, 2])
def test_every_short_sequence_from_the_window_on_does_what_the_model_does_and_pays_everything_out(
    job_world, figures, is_deep, tasks
):
    job_world.open_window(tasks)
    calls_before, left_at = job_world.chain.calls, {}

    explore(job_world, dispute_alphabet(tasks), (4 + 2 * tasks) if is_deep else 3, left_at)

    name = f"disputes over {tasks} task{'s' * (tasks > 1)}, every sequence"
    steps = job_world.chain.calls - calls_before
    figures.add(name, steps=steps, states=set(left_at), refusals=job_world.refusals)
    assert len(left_at) > 10
