"""VoteToken, Governor and Timelock over random sequences of transfers, delegations, votes and executions.

Votes cast never exceed the supply at the snapshot; nothing executes unless it succeeded, was queued and its
delay has passed; the treasury moves by an execution alone.
"""

from collections import Counter

import pytest
from ballots import EXECUTED, LATE_EXTENSION, QUEUED, SUCCEEDED, TIMELOCK_DELAY, VOTING_DELAY, VOTING_PERIOD
from eth_abi import encode
from eth_utils import keccak
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
)
from machines import WorldMachine, prove

VOTERS = ("member", "researcher", "stranger")
TREASURY_UNITS = 1_000
PAID_OUT = 7


class VoteWorld:
    """What the chain says, and what we saw ourselves."""

    def __init__(self, chain, commons, accounts: dict[str, str]) -> None:
        self.chain, self.accounts = chain, accounts
        names = ("VoteToken", "CommonsGovernor", "Timelock", "TestDollar")
        self.token, self.governor, self.timelock, self.dollar = map(commons.addresses.get, names)

    def begin(self) -> None:
        self.states: set = set()
        self.refusals: set[str] = set()
        self.now = self.chain.now() + 1
        self.supply_at: dict[int, int] = {}
        self.proposals: dict[int, tuple] = {}
        self.votes: Counter = Counter()
        self.queued_at: dict[int, int] = {}
        self.executed: set[int] = set()

    def act(self, sender: str, contract: str, method: str, *arguments) -> bool:
        self.now += 1
        refusal = self.chain.act(self.accounts[sender], contract, method, *arguments, at=self.now)
        if refusal:
            self.refusals.add(refusal)
        self.check()
        return refusal is None

    def propose(self, by: str) -> None:
        """A payment out of the treasury."""
        text = f"Pay {len(self.proposals)}"
        calldata = keccak(text="transfer(address,uint256)")[:4] + encode(
            ["address", "uint256"], [self.accounts["stranger"], PAID_OUT]
        )
        call = ([self.dollar], [0], [calldata])
        if self.act(by, self.governor, "propose", *call, text):
            hashed = (*call, keccak(text=text))
            number = self.chain.read(self.governor, "hashProposal", *hashed)
            self.proposals[number] = hashed

    def vote(self, number: int, by: str, support: int) -> None:
        if self.act(by, self.governor, "castVote", number, support):
            self.votes[number, by] += 1

    def queue(self, number: int) -> None:
        state = self.state_now(number)
        if self.act("stranger", self.governor, "queue", *self.proposals[number]):
            assert state == SUCCEEDED
            self.queued_at[number] = self.now

    def execute(self, number: int) -> None:
        state, treasury = self.state_now(number), self.treasury()
        self.now += 1
        done = self.chain.act(
            self.accounts["stranger"], self.governor, "execute", *self.proposals[number], at=self.now
        )
        if done is None:
            assert state == QUEUED, "executed without succeeding and queueing"
            assert self.now >= self.queued_at[number] + TIMELOCK_DELAY, "executed before its delay"
            assert number not in self.executed, "executed twice"
            assert self.treasury() == treasury - PAID_OUT
            self.executed.add(number)
        self.check()

    def drain(self) -> None:
        """What was voted stays; there is nothing to pay out."""
        self.check()

    def state(self, number: int) -> int:
        return int(self.chain.read(self.governor, "state", number))

    def state_now(self, number: int) -> int:
        """The state at our time, which may have passed the last block's."""
        self.now += 1
        self.chain.mine(at=self.now)
        return self.state(number)

    def treasury(self) -> int:
        return int(self.chain.read(self.dollar, "balanceOf", self.timelock))

    def check(self) -> None:
        assert self.treasury() == TREASURY_UNITS - PAID_OUT * len(self.executed)
        assert all(times == 1 for times in self.votes.values())
        shape = []
        for number in self.proposals:
            snapshot = self.chain.read(self.governor, "proposalSnapshot", number)
            cast = self.chain.read(self.governor, "proposalVotes", number)
            if snapshot < self.now:
                assert sum(cast) <= self.chain.read(self.token, "getPastTotalSupply", snapshot)
            else:
                assert sum(cast) == 0, "voted before the snapshot"
            state = self.state(number)
            assert (state == EXECUTED) == (number in self.executed)
            shape.append((state, tuple(value > 0 for value in cast)))
        held = tuple(self.chain.read(self.token, "getVotes", self.accounts[voter]) for voter in VOTERS)
        self.states.add((tuple(shape), tuple(votes.bit_length() for votes in held)))


class VoteMachine(WorldMachine):
    proof = "votes, random"

    @initialize()
    def begin(self) -> None:
        self.start()

    def _proposal(self, pick: int) -> int:
        return list(self.world.proposals)[pick % len(self.world.proposals)]

    @rule(
        sender=st.sampled_from(VOTERS), to=st.sampled_from(VOTERS), share=st.sampled_from([1, 2, 10, 10**21])
    )
    def move_votes(self, sender: str, to: str, share: int) -> None:
        held = self.world.chain.read(self.world.token, "balanceOf", self.world.accounts[sender])
        self.world.act(sender, self.world.token, "transfer", self.world.accounts[to], held // share)

    @rule(sender=st.sampled_from(VOTERS), to=st.sampled_from(VOTERS))
    def delegate(self, sender: str, to: str) -> None:
        self.world.act(sender, self.world.token, "delegate", self.world.accounts[to])

    @rule(amount=st.sampled_from([1, 10**24]), sender=st.sampled_from(["stranger", "deployer", "member"]))
    def make_votes(self, amount: int, sender: str) -> None:
        assert not self.world.act(sender, self.world.token, "mint", self.world.accounts[sender], amount)

    @precondition(lambda self: len(self.world.proposals) < 3)
    @rule(by=st.sampled_from(VOTERS))
    def propose(self, by: str) -> None:
        self.world.propose(by)

    @precondition(lambda self: self.world.proposals)
    @rule(pick=st.integers(0, 9), by=st.sampled_from(VOTERS), support=st.sampled_from([1, 1, 1, 0, 2, 3]))
    def vote(self, pick: int, by: str, support: int) -> None:
        self.world.vote(self._proposal(pick), by, support)

    @precondition(lambda self: self.world.proposals)
    @rule(pick=st.integers(0, 9))
    def queue(self, pick: int) -> None:
        self.world.queue(self._proposal(pick))

    @precondition(lambda self: self.world.proposals)
    @rule(pick=st.integers(0, 9))
    def execute(self, pick: int) -> None:
        self.world.execute(self._proposal(pick))

    @precondition(lambda self: self.world.proposals)
    @rule(pick=st.integers(0, 9), by=st.sampled_from(["member", "stranger", "deployer"]))
    def cancel(self, pick: int, by: str) -> None:
        self.world.act(by, self.world.governor, "cancel", *self.world.proposals[self._proposal(pick)])

    @rule(sender=st.sampled_from(["stranger", "deployer", "member"]))
    def take_the_treasury(self, sender: str) -> None:
        calldata = keccak(text="transfer(address,uint256)")[:4] + encode(
            ["address", "uint256"], [self.world.accounts[sender], 1]
        )
        arguments = (self.world.dollar, 0, calldata, bytes(32), bytes(32))
        assert not self.world.act(sender, self.world.timelock, "schedule", *arguments, 5)
        assert not self.world.act(sender, self.world.timelock, "execute", *arguments)

    @rule(
        seconds=st.sampled_from(
            [1, VOTING_DELAY, TIMELOCK_DELAY, VOTING_PERIOD, VOTING_PERIOD + LATE_EXTENSION]
        )
    )
    def wait(self, seconds: int) -> None:
        self.world.now += seconds


@pytest.fixture
def vote_world(commons, fast_chain, stage, member, researcher, stranger, deployer) -> VoteWorld:
    for holder in (member, researcher):
        commons.vote_token.invoke_transaction("delegate", holder, sender=holder)
    commons.test_dollar.transfer(commons.addresses["Timelock"], TREASURY_UNITS, sender=researcher)
    roles = {"member": member, "researcher": researcher, "stranger": stranger, "deployer": deployer}
    return VoteWorld(fast_chain, commons, {role: str(account.address) for role, account in roles.items()})


def test_nothing_executes_and_no_treasury_moves_without_a_vote(vote_world, figures, is_deep):
    seen = prove(VoteMachine, vote_world, figures, is_deep=is_deep)

    assert seen["distinct states"] > 20
    seen_refusals = figures.refusals[VoteMachine.proof]
    assert {"GovernorUnexpectedProposalState", "NotTimelock"} <= seen_refusals
