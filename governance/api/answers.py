"""What the API answers about the vote."""

from typing import Literal

from typing_extensions import TypedDict

from chain.prepared import DetailAnswer, TransactionAnswer
from common.api_types import (
    AccountName,
    Address,
    Bytes32,
    ChainName,
    CidText,
    Hex,
    Id,
    Json,
    Time,
    TransactionHash,
    Units,
)
from governance.rules.states import ProposalState


class Prepared(TypedDict):
    """What the caller's wallet is asked to sign."""

    transaction: TransactionAnswer


class PreparedProposalAnswer(Prepared):
    """A proposal that its proposer has yet to send."""

    proposal_id: Id
    description: str


class PreparedVoteAnswer(Prepared):
    """A vote, and how much it weighs."""

    power_at_snapshot: Units


FateWord = Literal["pending", "dropped", "mined", "final", "reverted", "replaced", "unknown"]
Tally = TypedDict(
    "Tally",
    {
        "for": Units,
        "against": Units,
        "abstain": Units,
        "quorum": Units,
        "quorum_reached": bool,
        "quorum_missing": Units,
        "voters": int,
    },
)


class Can(TypedDict):
    vote: bool
    queue: bool
    execute: bool
    cancel: bool


class ProposalRow(TypedDict):
    """A proposal in a list."""

    proposal_id: Id
    state: ProposalState
    proposer: Address
    title: str
    summaries: list[str]
    is_fully_understood: bool
    votes: Tally
    snapshot: Time | None
    deadline: Time | None
    extended_deadline: Time | None
    eta: Time | None
    chain_time: Time | None
    can: Can


class ArgumentAnswer(TypedDict):
    """An argument of a call, in words."""

    name: str
    value: str


class ActionAnswer(TypedDict):
    """A call that the proposal would make; `decoded` is false where we cannot say what it does."""

    target: Address
    value: Units
    calldata: Hex
    contract: str | None
    function: str | None
    summary: str
    arguments: list[ArgumentAnswer]
    decoded: bool


class ProposalStep(TypedDict):
    """A point of a proposal's life, past or to come."""

    event: str
    at: Time | None
    block: int | None
    tx_hash: TransactionHash | None
    done: bool


class ProposalWithActions(ProposalRow):
    """A proposal without its ballots."""

    description: str
    description_hash: Bytes32
    actions: list[ActionAnswer]
    timeline: list[ProposalStep]


class BallotAnswer(TypedDict):
    """A vote that was cast."""

    voter: Address
    support: str
    weight: Units
    reason: str
    at: Time | None
    block: int
    tx_hash: TransactionHash


class ProposalAnswer(ProposalWithActions):
    """A proposal with its heaviest votes."""

    ballots: list[BallotAnswer]


class MemberAnswer(TypedDict):
    """A member: what it holds, may do and is missing."""

    address: Address
    account_id: AccountName
    balance: Units
    power: Units
    delegate: Address | None
    delegators: int
    threshold: Units
    can_propose: bool
    hint: str | None


class GovernanceAnswer(TypedDict):
    """The rules of the vote in force; periods in seconds."""

    chain: ChainName
    governor: Address
    timelock: Address
    vote_token: Address
    total_supply: Units
    quorum: Units
    quorum_percent: int
    threshold: Units
    voting_delay: int
    voting_period: int
    late_quorum_extension: int
    timelock_delay: int
    chain_time: Time | None


class ChoiceAnswer(TypedDict):
    """One of the answers that a field allows."""

    value: str
    label: str


class FieldAnswer(TypedDict):
    """A field of a form."""

    name: str
    label: str
    hint: str
    choices: list[ChoiceAnswer]
    is_optional: bool


class KindAnswer(TypedDict):
    """A typed form of a proposal."""

    kind: str
    title: str
    explanation: str
    fields: list[FieldAnswer]


class RelayWords(TypedDict):
    """A vote with the relayer; `self_send` where the voter had better send it."""

    state: str
    tx_hash: TransactionHash | None
    trouble: str | None
    self_send: bool


class RelayAnswer(TypedDict):
    """How far a signed vote is."""

    relay: RelayWords


class BallotOfferAnswer(TypedDict):
    """The ballot to sign (EIP-712), with what each of its fields says."""

    typed_data: Json
    summary: str
    details: list[DetailAnswer]


class DemoVoteAnswer(TypedDict):
    """How far the demo member's vote is."""

    state: str
    error: str


class Replacement(TypedDict):
    """The transaction that took the nonce."""

    hash: TransactionHash
    to: Address | None
    data: Hex


class TransactionFate(TypedDict):
    """How far a transaction is."""

    state: FateWord
    block: int | None
    is_indexed: bool
    reason: str | None
    replaced_by: Replacement | None


class ValueAnswer(TypedDict):
    """A number of the ParameterBook."""

    key: str
    value: Units
    set_at: Time | None


class AllowanceAnswer(TypedDict):
    """An item on the list of its kind: a short name, or 32 bytes as hex (an address padded on the left)."""

    kind: str
    item: str
    set_at: Time | None


class DocumentAnswer(TypedDict):
    """A document in force: one raw block."""

    kind: str
    digest: Bytes32
    cid: CidText
    set_at: Time | None


class ParametersAnswer(TypedDict):
    """What members have set; `paused_until` is null while nothing is paused."""

    values: list[ValueAnswer]
    allowed: list[AllowanceAnswer]
    documents: list[DocumentAnswer]
    guardian: Address | None
    pause_is_armed: bool
    paused_until: Time | None
