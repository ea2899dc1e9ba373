# pragma version 0.4.3
"""
@title DisputeBook
@notice Challenges of results: anyone who puts up a bond may challenge one task of a job inside its window; verifiers
        of ExecutorRegistry say whether the result holds, each once and until a deadline; then anyone may close.
        More say it is wrong: the job ends, its whole escrow goes back, and the challenger gets the bond and half of
        what the executor's stake loses; the treasury gets the other half, so that an executor which challenges itself
        through somebody else still loses. More say it holds: the bond goes to the executor. As many say so as not, or
        fewer came than ParameterBook's verifier_quorum: the bond goes back. In both of these the result stands.
        A task can be challenged once, one task of a job at a time.
        Bonds are in the registry's stake token. What is due is credited, never pushed.
@custom:stopped Members take verifiers or this book's work away by admitting nobody as verifier: then results stand.
        Closing and withdrawals cannot be stopped.
"""
from interfaces import IExecutorRegistry
from interfaces import IJobBoard
from interfaces import IParameterBook
from lib import credits

initializes: credits
exports: credits.__interface__

# States of a dispute; 0 for none.
OPEN: constant(uint256) = 1
LOST: constant(uint256) = 2
REJECTED: constant(uint256) = 3
TIED: constant(uint256) = 4


struct Dispute:
    challenger: address
    task: uint256
    executor: address
    attest_by: uint256
    saying_wrong: uint256
    saying_right: uint256
    state: uint256
    quorum: uint256


event DisputeOpened:
    job_id: indexed(uint256)
    challenger: indexed(address)
    executor: indexed(address)
    task: uint256
    attest_by: uint256
    reason_digest: bytes32


event Attested:
    job_id: indexed(uint256)
    verifier: indexed(address)
    is_right: bool
    report_digest: bytes32


event DisputeClosed:
    job_id: indexed(uint256)
    state: uint256
    slashed: uint256


event Credited:
    account: indexed(address)
    token: indexed(address)
    amount: uint256
    job_id: indexed(uint256)


# The DAO's Timelock, which is also the treasury.
timelock: public(immutable(address))
job_board: public(immutable(address))
executor_registry: public(immutable(address))
parameter_book: public(immutable(address))
# The ERC-20 of bonds.
stake_token: public(immutable(address))
# What a challenge puts up, and what a lost dispute takes from a stake at most, in base units.
bond: public(immutable(uint256))
most_slashed: public(immutable(uint256))
# Seconds that verifiers have.
attest_seconds: public(immutable(uint256))

# job -> its last dispute.
_disputes: HashMap[uint256, Dispute]
# job -> task
is_challenged: public(HashMap[uint256, HashMap[uint256, bool]])
# job -> task -> verifier
_attested: HashMap[uint256, HashMap[uint256, HashMap[address, bool]]]


@deploy
def __init__(
    timelock_: address,
    job_board_: address,
    executor_registry_: address,
    stake_token_: address,
    bond_: uint256,
    most_slashed_: uint256,
    attest_seconds_: uint256,
):
    """
    @param timelock_ The DAO's Timelock, which has no power here; half of a slash is the treasury's.
    @param job_board_ JobBoard.
    @param executor_registry_ ExecutorRegistry.
    @param stake_token_ The registry's stake token.
    @param bond_ What a challenge puts up, in base units.
    @param most_slashed_ What a lost dispute takes from a stake at most, in base units.
    @param attest_seconds_ Seconds that verifiers have.
    """
    timelock = timelock_
    job_board = job_board_
    executor_registry = executor_registry_
    parameter_book = staticcall IJobBoard(job_board_).parameter_book()
    stake_token = stake_token_
    bond = bond_
    most_slashed = most_slashed_
    attest_seconds = attest_seconds_


@external
@nonreentrant
def challenge(job_id: uint256, task: uint256, reason_digest: bytes32):
    """
    @notice Challenges a task's result and holds the job's settlement. Anyone may call inside the job's window, having
            approved this contract for the bond. Emits DisputeOpened.
            Reverts when the task has no result or was challenged before, and when no window is open.
    @param reason_digest sha2-256 of the one raw block that says why.
    """
    challenged: IJobBoard.Task = staticcall IJobBoard(job_board).get_task(job_id, task)
    assert challenged.artefact_digest != empty(bytes32), "DisputeBook: task has no result"
    assert not self.is_challenged[job_id][task], "DisputeBook: task was challenged before"
    # A book that the registry does not know could never close what it opened.
    assert staticcall IExecutorRegistry(executor_registry).dispute_book() == self, "DisputeBook: not wired"
    attest_by: uint256 = block.timestamp + attest_seconds
    self.is_challenged[job_id][task] = True
    self._disputes[job_id] = Dispute(
        challenger=msg.sender,
        task=task,
        executor=challenged.executor,
        attest_by=attest_by,
        saying_wrong=0,
        saying_right=0,
        state=OPEN,
        quorum=staticcall IParameterBook(parameter_book).value_of(convert(b"verifier_quorum", bytes32)),
    )
    log DisputeOpened(
        job_id=job_id,
        challenger=msg.sender,
        executor=challenged.executor,
        task=task,
        attest_by=attest_by,
        reason_digest=reason_digest,
    )
    extcall IJobBoard(job_board).dispute(job_id)
    credits._take(stake_token, bond)


@external
def attest(job_id: uint256, is_right: bool, report_digest: bytes32):
    """
    @notice Says whether a challenged result holds. Called by a verifier that is neither the executor nor the
            challenger, once, until attest-by. Emits Attested.
    @param report_digest sha2-256 of the one raw block that shows how it was found.
    """
    dispute: Dispute = self._disputes[job_id]
    assert dispute.state == OPEN, "DisputeBook: no dispute is open"
    assert block.timestamp <= dispute.attest_by, "DisputeBook: attest-by has passed"
    assert staticcall IExecutorRegistry(executor_registry).is_verifier(msg.sender), "DisputeBook: not a verifier"
    assert msg.sender not in [dispute.executor, dispute.challenger], "DisputeBook: a party cannot attest"
    assert not self._attested[job_id][dispute.task][msg.sender], "DisputeBook: already attested"
    self._attested[job_id][dispute.task][msg.sender] = True
    if is_right:
        self._disputes[job_id].saying_right = dispute.saying_right + 1
    else:
        self._disputes[job_id].saying_wrong = dispute.saying_wrong + 1
    log Attested(job_id=job_id, verifier=msg.sender, is_right=is_right, report_digest=report_digest)


@external
@nonreentrant
def close(job_id: uint256):
    """
    @notice Ends a dispute whose attest-by has passed, by what the verifiers said. Anyone may call.
            Emits DisputeClosed and Credited; JobBoard emits JobExpired or WindowOpened.
    """
    dispute: Dispute = self._disputes[job_id]
    assert dispute.state == OPEN, "DisputeBook: no dispute is open"
    assert block.timestamp > dispute.attest_by, "DisputeBook: verifiers still have time"
    state: uint256 = TIED
    receiver: address = dispute.challenger
    has_quorum: bool = dispute.saying_wrong + dispute.saying_right >= dispute.quorum
    if has_quorum and dispute.saying_wrong > dispute.saying_right:
        state = LOST
    elif has_quorum and dispute.saying_right > dispute.saying_wrong:
        state = REJECTED
        receiver = dispute.executor
    self._disputes[job_id].state = state
    credits._owe(receiver, stake_token, bond)
    log Credited(account=receiver, token=stake_token, amount=bond, job_id=job_id)
    extcall IJobBoard(job_board).end_dispute(job_id, state == LOST)
    slashed: uint256 = 0
    if state == LOST:
        slashed = self._slash(dispute.executor, dispute.challenger)
    log DisputeClosed(job_id=job_id, state=state, slashed=slashed)


@view
@external
def get_dispute(job_id: uint256) -> Dispute:
    """
    @notice A job's last dispute as it stands: state 1 open, 2 lost by the executor, 3 rejected, 4 tied; 0 for none.
            Fewer attestations than its quorum, which is ParameterBook's at the challenge, make it a tie.
    """
    return self._disputes[job_id]


@view
@external
def has_attested(job_id: uint256, verifier: address) -> bool:
    """
    @notice Whether a verifier has attested in a job's last dispute.
    """
    return self._attested[job_id][self._disputes[job_id].task][verifier]


@internal
def _slash(executor: address, challenger: address) -> uint256:
    """
    @dev Half of what is taken, rounded down, to the challenger; the rest to the treasury.
    """
    at_stake: uint256 = (
        staticcall IExecutorRegistry(executor_registry).stake_of(executor)
        + staticcall IExecutorRegistry(executor_registry).leaving_of(executor)
    )
    taken: uint256 = min(most_slashed, at_stake)
    to_challenger: uint256 = taken // 2
    extcall IExecutorRegistry(executor_registry).slash(executor, to_challenger, challenger)
    extcall IExecutorRegistry(executor_registry).slash(executor, taken - to_challenger, timelock)
    return taken
