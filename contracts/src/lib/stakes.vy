# pragma version 0.4.3
"""
@title Stakes
@notice What executors and verifiers put up, in one ERC-20 fixed at deployment. A stake leaves after a delay, and not
        while a task that its owner claimed last is part of a job that has not ended; until it has left it can be lost:
        by a vote, or by a dispute. What is lost is credited, never pushed.
"""
from interfaces import IDisputeBook
from interfaces import IJobBoard
from . import credits
from . import wiring

uses: credits
uses: wiring


event Staked:
    executor: indexed(address)
    amount: uint256


event UnstakeRequested:
    executor: indexed(address)
    amount: uint256
    leaves_at: uint256


event Unstaked:
    executor: indexed(address)
    amount: uint256


event Slashed:
    executor: indexed(address)
    beneficiary: indexed(address)
    amount: uint256


# Seconds between a request and the stake's leaving, in which members may still take from it: the longest run twice,
# since it may be extended, and 15 days for its window and a dispute. Jobs that take longer hold the stake by themselves.
UNSTAKE_SECONDS: public(constant(uint256)) = 75 * 86_400

# The ERC-20 of stakes and bonds, fixed at deployment.
stake_token: public(immutable(address))
# Base units at stake, without those that are leaving.
stake_of: public(HashMap[address, uint256])
# Base units that are leaving, and from when on they may.
leaving_of: public(HashMap[address, uint256])
leaves_at: public(HashMap[address, uint256])


@deploy
def __init__(stake_token_: address):
    stake_token = stake_token_


@external
@nonreentrant
def stake(amount: uint256):
    """
    @notice Adds to the caller's stake. Anyone may call, for itself, having approved this contract for the amount:
            members may want to see a stake before they admit. Emits Staked.
    @param amount Base units of stake_token.
    """
    assert amount != 0, "Stakes: no amount"
    self.stake_of[msg.sender] += amount
    log Staked(executor=msg.sender, amount=amount)
    credits._take(stake_token, amount)


@external
def request_unstake(amount: uint256):
    """
    @notice Starts the leaving of a part of the caller's stake. What was leaving before waits anew, together with it.
            Emits UnstakeRequested.
    """
    assert amount != 0 and amount <= self.stake_of[msg.sender], "Stakes: not that much at stake"
    self.stake_of[msg.sender] -= amount
    self.leaving_of[msg.sender] += amount
    self.leaves_at[msg.sender] = block.timestamp + UNSTAKE_SECONDS
    log UnstakeRequested(executor=msg.sender, amount=amount, leaves_at=self.leaves_at[msg.sender])


@external
@nonreentrant
def unstake() -> uint256:
    """
    @notice Credits the caller with what was leaving and may leave now, to be withdrawn. Emits Unstaked.
            Reverts before leaves_at, and while a dispute could still reach the stake: JobBoard counts the caller's open
            tasks, and whoever waits may move an overdue job on.
    @return Base units of stake_token.
    """
    amount: uint256 = self.leaving_of[msg.sender]
    assert amount != 0, "Stakes: nothing is leaving"
    assert block.timestamp >= self.leaves_at[msg.sender], "Stakes: too early to leave"
    self._require_no_open_task()
    self.leaving_of[msg.sender] = 0
    credits._owe(msg.sender, stake_token, amount)
    log Unstaked(executor=msg.sender, amount=amount)
    return amount


@external
def slash(executor: address, amount: uint256, beneficiary: address) -> uint256:
    """
    @notice Takes from a stake, also from the part that is leaving, and credits the beneficiary. Called by the Timelock
            or the DisputeBook; takes no more than there is. Emits Slashed when it takes anything.
    @return Base units taken.
    """
    assert msg.sender in [wiring.timelock, wiring.dispute_book], "Stakes: neither Timelock nor DisputeBook"
    assert beneficiary != empty(address), "Stakes: beneficiary is nobody"
    staked: uint256 = self.stake_of[executor]
    taken: uint256 = min(amount, staked + self.leaving_of[executor])
    if taken == 0:
        return 0
    from_stake: uint256 = min(taken, staked)
    self.stake_of[executor] = staked - from_stake
    self.leaving_of[executor] -= taken - from_stake
    credits._owe(beneficiary, stake_token, taken)
    log Slashed(executor=executor, beneficiary=beneficiary, amount=taken)
    return taken


@view
@internal
def _require_no_open_task():
    """
    @dev Without a DisputeBook no dispute takes a stake. The book knows its JobBoard, which is younger than this contract.
    """
    if wiring.dispute_book == empty(address):
        return
    job_board: address = staticcall IDisputeBook(wiring.dispute_book).job_board()
    assert staticcall IJobBoard(job_board).open_tasks_of(msg.sender) == 0, "Stakes: a task is still open"
