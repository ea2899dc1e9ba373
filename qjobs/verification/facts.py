"""What the chain says about a job; someone who speaks to a node fills it in."""

from dataclasses import dataclass

from qjobs.spec import OnChainRequest

SETTLED = 5
"""JobBoard's state in which the model token exists."""

RESULT_TASK = 0
"""The task whose result the model token names; the only one of a job whose spec this build reads."""


@dataclass(frozen=True)
class DatasetVersionFacts:
    """`DatasetToken.versionOf`: codec of the root block and its sha2-256 as 0x-hex.

    rows_in_model: what the dataset's policy, fixed at its mint, allows: never, sealed or public.
    """

    token_id: int
    version: int
    codec: int
    content_digest: str
    rows_in_model: str = "public"


@dataclass(frozen=True)
class ParentFacts:
    """What a parent model came of: the digests of its job's spec and of its manifest, as 0x-hex."""

    token_id: int
    spec_digest: str
    manifest_digest: str


@dataclass(frozen=True)
class ModelFacts:
    """`ModelToken.modelOf`; digests as 0x-hex."""

    token_id: int
    job_id: int
    artefact_digest: str
    metrics_digest: str
    run_record_digest: str
    parents: tuple[int, ...]


@dataclass(frozen=True)
class ChainFacts:
    """One job, read at one block.

    chain_id, job_board, dataset_token, job_id: which job, and which token contract its dataset ids belong to.
    state: JobBoard's state number (5 = settled).
    request: what the request repeats of the spec, names as text.
    spec_digest: `Job.spec_digest`. approved_digest: of JobBoard's own event JobApproved; None = never
    approved. datasets: the versions that the request names. task, epoch, executor: of the posted result that
    is checked. signing_key: the executor's Ed25519 public key, 0x + 64 hex digits, as registered at the
    block of the result. artefact_digest, metrics_digest, run_record_digest: as posted; None = nothing is
    posted. model: the minted token; None before settlement. parents: of the models that the request names.
    """

    chain_id: int
    job_board: str
    dataset_token: str
    job_id: int
    state: int
    request: OnChainRequest
    spec_digest: str
    approved_digest: str | None
    datasets: tuple[DatasetVersionFacts, ...]
    task: int
    epoch: int
    executor: str
    signing_key: str
    artefact_digest: str | None
    metrics_digest: str | None
    run_record_digest: str | None
    model: ModelFacts | None
    parents: tuple[ParentFacts, ...] = ()
