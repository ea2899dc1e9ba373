"""Every sequence of a small alphabet, to a bounded depth: one job, plain or of two tasks, from its request;
and from its window on, with disputes.

From every state reached, everything is paid out.
"""

import pytest
from dispute_model import ATTEST_SECONDS, LOST, UNSTAKE_SECONDS
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


def lose_dispute(world: DisputeWorld) -> None:
    """Where task 0 can be challenged, it is, and found wrong."""
    if world.act("challenge", "provider", 1, 0) is None:
        world.act("attest", "contributor", 1, False)
        world.wait(ATTEST_SECONDS)
        world.act("close", "stranger", 1)


def stake_alphabet(stake: int) -> list[Action]:
    """An executor that wants its stake out of a federated job, before anybody finds its result wrong."""
    return [
        lambda w: w.act("request_unstake", "executor", stake),
        lambda w: w.wait(UNSTAKE_SECONDS),
        lambda w: w.act("unstake", "executor"),
        lambda w: w.act("claim", "executor", 1, 1),
        lambda w: w.act("claim", "second executor", 1, 1),
        lambda w: w.act("post_result", "second executor", 1, 1, 1),
        lambda w: w.wait(RUN),
        lambda w: w.act("expire", "stranger", 1),
        lambda w: w.act("settle", "stranger", 1),
        lose_dispute,
    ]


def test_executor_loses_in_every_dispute_what_it_had_at_stake_when_it_posted(job_world, figures, is_deep):
    job_world.post_results(2, 1)
    stake = job_world.model.stakes["executor"]
    calls_before, left_at, lost = job_world.chain.calls, {}, 0

    def slashed_in_full(world: DisputeWorld) -> None:
        nonlocal lost
        dispute = world.model.disputes.get(1)
        if dispute is not None and dispute.state == LOST:
            lost += 1
            assert (
                sum(world.model.stake_credits[role] for role in ("provider", "treasury"))
                == world.model.most_slashed
            )

    explore(
        job_world,
        [lambda w, act=act: (act(w), slashed_in_full(w)) for act in stake_alphabet(stake)],
        7 if is_deep else 3,
        left_at,
    )

    steps = job_world.chain.calls - calls_before
    figures.add("stakes, every sequence", steps=steps, states=set(left_at), refusals=job_world.refusals)
    assert lost > 0
    assert "Stakes: a task is still open" in job_world.refusals
