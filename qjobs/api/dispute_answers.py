"""What the API answers about disputes, executors and their stakes."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from chain.prepared import TransactionAnswer
from common.api_types import Address, Bytes32, CidText, Id, Time, TransactionHash, Units

DisputeWord = Annotated[str, Field(pattern="^(open|lost|rejected|tied)$", examples=["open"])]


class PreparedWithApproval(TypedDict):
    """What the wallet signs; before it the exact approval, null where none is needed."""

    approval: TransactionAnswer | None
    transaction: TransactionAnswer


class AttestationAnswer(TypedDict):
    """What one verifier said; the report is one raw block."""

    verifier: Address
    is_right: bool
    report_digest: Bytes32
    report_cid: CidText
    at: Time | None
    tx_hash: TransactionHash


class DisputeAnswer(TypedDict):
    """A challenge of a task's result. The reason is one raw block of text."""

    number: Id
    job_id: Id
    task: int
    state: DisputeWord
    challenger: Address
    executor: Address
    reason_digest: Bytes32
    reason_cid: CidText
    opened_at: Time | None
    attest_by: Time | None
    closed_at: Time | None
    can_close: bool
    slashed: Units
    attestations: list[AttestationAnswer]


class ExecutorKeyAnswer(TypedDict):
    """A key that an executor has had, in force until its next one."""

    number: int
    signing_key: Bytes32
    age_recipient: str
    since: Time | None


class ExecutorAnswer(TypedDict):
    """An executor with its stake, its record and every key that it has had, the newest first."""

    number: Id
    address: Address
    is_admitted: bool
    is_verifier: bool
    admitted_at: Time | None
    removed_at: Time | None
    staked: Units
    leaving: Units
    leaves_at: Time | None
    slashed: Units
    stake_token: Address | None
    tasks_claimed: int
    tasks_posted: int
    results_challenged: int
    disputes_lost: int
    attestations: int
    keys: list[ExecutorKeyAnswer]


class StakeWithdrawalAnswer(TypedDict):
    """What a contract owes, and the transaction that takes it out."""

    transaction: TransactionAnswer
    credit: Units
