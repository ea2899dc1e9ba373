"""What the API answers about specs, jobs and models."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from chain.prepared import TransactionAnswer
from common.api_types import (
    AccountName,
    Address,
    AssetName,
    Bytes32,
    CidText,
    Id,
    Json,
    Sha256,
    Time,
    TransactionHash,
    Units,
)
from governance.rules.states import ProposalState

PreviewWord = Annotated[str, Field(pattern="^(waiting|ready|failed)$", examples=["ready"])]


class PreviewAnswer(TypedDict):
    """The circuit as the preview worker drew it from the spec alone."""

    state: PreviewWord
    circuit_text: str
    problem: str


class SpecAnswer(TypedDict):
    """A pinned spec with its estimate; its digest is what members vote for."""

    digest: Bytes32
    cid: CidText
    title: str
    spec: Json
    estimate: Json
    warnings: list[Any]
    preview: PreviewAnswer


class JobQuoteAnswer(TypedDict):
    """What a job costs, and who is paid."""

    pay: Units
    data_fees: Units
    treasury_fee: Units
    escrow: Units
    payment_token: Address
    symbol: str | None
    decimals: int | None


class JobOfferAnswer(TypedDict):
    """A quote, and what the wallet signs next: a permit, or an approval and a transaction."""

    quote: JobQuoteAnswer
    approve_by: Units
    claim_by: Units
    pass_ids: list[Id]
    typed_data: Json | None
    permit_deadline: Units | None
    approval: TransactionAnswer | None
    transaction: TransactionAnswer | None


class JobRow(TypedDict):
    """A job in a list."""

    job_id: Id
    requester: Address
    state: str
    spec_digest: Bytes32
    spec_cid: CidText | None
    algorithm: str
    engine: str
    qubits: int
    tasks: int
    payment_token: Address
    escrow: Units
    requested_at: Time | None
    model_id: Id | None


class DifferenceAnswer(TypedDict):
    """Where the spec says another thing than the chain."""

    field: str
    spec: str
    chain: str


class DatasetUseAnswer(TypedDict):
    """A dataset version that the job reads."""

    dataset_id: Id
    version: int
    pass_id: Id
    fee: Units
    consent: bool


class JobProposalRow(TypedDict):
    """A proposal that would approve the job."""

    proposal_id: Id
    state: ProposalState


class TaskAnswer(TypedDict):
    """What an executor has claimed and posted."""

    task: int
    executor: Address
    epoch: int
    run_by: Time | None
    artefact_digest: Bytes32 | None
    artefact_cid: CidText | None
    metrics_digest: Bytes32 | None
    metrics_cid: CidText | None
    run_record_digest: Bytes32 | None
    run_record_cid: CidText | None
    posted_at: Time | None


class RunAnswer(TypedDict):
    """How far this site's own worker is with the job."""

    state: str
    reason: str
    attempts: int
    started_at: Time | None
    finished_at: Time | None


class JobEventAnswer(TypedDict):
    """An event of JobBoard."""

    event: str
    at: Time | None
    block: int
    tx_hash: TransactionHash
    args: Json


class FileAnswer(TypedDict):
    """A file of the artefact; of a sealed one, CID, size and hash are of its sealed bytes."""

    name: str
    cid: CidText
    size: int
    sha256: Sha256
    is_sealed: bool


class ScoreAnswer(TypedDict):
    """A model's mean test accuracy over the splits with its interval."""

    name: str
    features: str
    accuracy: float
    low: float
    high: float


class ResultAnswer(TypedDict):
    """The quantum model beside its baselines, and the honest verdict."""

    metrics: Json
    verdict: str
    outcome: str
    quantum: ScoreAnswer | None
    baselines: list[ScoreAnswer]


class PayoutAnswer(TypedDict):
    """Who was credited by the settlement."""

    account: Address
    token: Address
    amount: Units


class JobCan(TypedDict):
    """What can be done with the job now."""

    propose: bool
    cancel: bool
    settle: bool
    expire: bool


class JobAnswer(JobRow):
    """A job with everything that its page shows."""

    sub_state: str
    spec: Json | None
    spec_words: list[Any]
    differences: list[DifferenceAnswer]
    duplicates: list[Id]
    symbol: str | None
    decimals: int | None
    pay_per_task: Units
    data_fees: Units
    treasury_fee: Units
    refunded: Units | None
    approve_by: Time | None
    claim_by: Time | None
    run_seconds: int
    window_ends_at: Time | None
    datasets: list[DatasetUseAnswer]
    parent_models: list[Id]
    proposals: list[JobProposalRow]
    task_runs: list[TaskAnswer]
    run: RunAnswer | None
    history: list[JobEventAnswer]
    files: list[FileAnswer]
    result: ResultAnswer | None
    payouts: list[PayoutAnswer]
    can: JobCan


class ModelRow(TypedDict):
    """A model in a list."""

    token_id: Id
    asset_id: AssetName
    job_id: Id
    owner: Address
    owner_id: AccountName
    artefact_digest: Bytes32
    artefact_cid: CidText | None
    metrics_digest: Bytes32
    metrics_cid: CidText | None
    run_record_digest: Bytes32
    run_record_cid: CidText | None
    minted_at: Time | None
    mint_tx: TransactionHash


class ModelDatasetRow(TypedDict):
    """A dataset version that a model was trained on."""

    dataset_id: Id
    version: int


class ModelAnswer(ModelRow):
    """A model with its lineage and result."""

    parents: list[Id]
    datasets: list[ModelDatasetRow]
    spec_digest: Bytes32 | None
    spec_cid: CidText | None
    files: list[FileAnswer]
    result: ResultAnswer | None


class StepAnswer(TypedDict):
    """A step of the worker; steps of one `series` are points of one curve. `loss`: what training makes
    smaller; `seconds_left`: by the pace of the steps so far."""

    sequence: int
    at: Time
    stage: str
    step: int
    steps: int
    message: str
    metric: float | None
    loss: float | None
    seconds_left: float | None
    series: str | None


class ProgressAnswer(TypedDict):
    """Steps after a sequence number; ask again after `last` until `ended`."""

    events: list[StepAnswer]
    last: int
    ended: bool


class DecisionAnswer(TypedDict):
    """What the model says of one row: the distance from its boundary and the side, or a number; of several
    classes the one with the highest score, which is then the decision, and the scores of all; of main
    directions the coordinates, as scores."""

    decision: float
    is_positive: bool
    class_name: str
    scores: list[float]


class PredictionAnswer(TypedDict):
    """The decisions in the order of the rows; pass 0 is the owner's own right."""

    model_id: Id
    pass_id: Id
    label: str
    positive_label: str
    classes: list[str]
    results: list[DecisionAnswer]


class JobWithdrawalAnswer(TypedDict):
    """The withdrawal to send, and of how much."""

    transaction: TransactionAnswer
    credit: Units


class JobCreditAnswer(TypedDict):
    """What JobBoard owes in one token."""

    token: Address
    symbol: str | None
    decimals: int | None
    amount: Units
    credited: Units
    withdrawn: Units
