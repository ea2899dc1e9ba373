"""No vote, no run: what must hold on the chain, read afresh, before anything is computed on any data."""

from dataclasses import dataclass

from chain.deployments import Deployment
from chain.errors import CallReverted
from chain.finality import deep_block
from common.errors import InvalidInput
from marketplace.errors import NoReleaseService
from marketplace.models import RowsInModel
from marketplace.release.keys import release_recipient
from qjobs.errors import ApprovalVanished, JobTaken, NodeBehind, RunRefused
from qjobs.models import Job, Run
from qjobs.records.parent import weights_entry
from qjobs.rules.dataset_terms import (
    CARRIES_ROWS,
    measured_rows_problem,
    rows_problem,
    sealed_files,
    tells_measured_rows,
)
from qjobs.selectors.board import Board, BoardJob
from qjobs.spec import JobSpec, ParentRefused, QnnSpec, differences, read_spec, spec_digest
from storage.cid import Cid
from storage.errors import BlockMissing, CidMismatch
from storage.protocol import BlockSource

APPROVED_OR_LATER = {Job.State.APPROVED, Job.State.RUNNING, Job.State.WINDOW, Job.State.SETTLED}
ENDED = {
    Job.State.CANCELLED: "The requester cancelled the job before it was claimed.",
    Job.State.EXPIRED: "The job expired: a deadline passed before it was claimed.",
    Job.State.SETTLED: "The job is settled already.",
    Job.State.DISPUTED: "The job is disputed.",
    Job.State.WINDOW: "The job has its result already.",
}


@dataclass(frozen=True)
class CheckedInput:
    """A dataset version that the job may read, named by the chain."""

    token_id: int
    version: int
    cid: Cid

    @property
    def content_digest(self) -> str:
        return self.cid.digest_hex


@dataclass(frozen=True)
class CheckedParent:
    """The model that training begins with: its job's spec, its manifest, and the file of its weights."""

    token_id: int
    spec_bytes: bytes
    manifest_cid: Cid
    weights_cid: Cid


@dataclass(frozen=True)
class CheckedJob:
    """A job that may run: the approved spec's own bytes and the inputs that the chain names.

    sealed_files: outputs that carry rows which an owner allows in a model only sealed. parent: None where
    training begins with no model.
    """

    spec: JobSpec
    spec_bytes: bytes
    spec_cid: Cid
    inputs: tuple[CheckedInput, ...]
    sealed_files: tuple[str, ...]
    parent: CheckedParent | None = None


def check_job(run: Run, *, board: Board, deployment: Deployment, store: BlockSource) -> CheckedJob:
    """Everything that must hold before a claim and again before the computation.

    Raises ApprovalVanished where the final chain does not show the approval, JobTaken where the job ended,
    RunRefused naming the rule that is broken, or a retryable error where node or store are away.
    """
    _check_approval(run, board)
    job = board.job(run.job_id)
    ended = ENDED.get(Job.State(job.state))
    if ended is not None:
        raise JobTaken(ended)
    spec, spec_bytes = read_approved_spec(run, job, store)
    _check_terms(job, spec, board, deployment)
    return CheckedJob(
        spec=spec,
        spec_bytes=spec_bytes,
        spec_cid=Cid.from_digest(job.spec_digest),
        inputs=_check_inputs(job, spec, board),
        sealed_files=_check_rows_in_model(job, spec, board),
        parent=_check_parent(spec, board, store),
    )


def read_approved_spec(run: Run, job: BoardJob, store: BlockSource) -> tuple[JobSpec, bytes]:
    """The spec whose bytes hash to the digest on chain; nothing but those bytes is ever run."""
    if run.approved_digest != job.spec_digest:
        raise RunRefused(
            f"This site's rows say that {run.approved_digest} is approved; the chain says {job.spec_digest}."
        )
    try:
        block = store.read_block(Cid.from_digest(job.spec_digest))
    except BlockMissing as error:
        raise RunRefused(f"The approved spec {job.spec_digest} is not in the content store.") from error
    except CidMismatch as error:
        raise RunRefused("The stored spec is not the approved one: its bytes have another digest.") from error
    try:
        spec = read_spec(block)
    except InvalidInput as error:
        raise RunRefused(f"The approved document is no valid job spec: {error.message}") from error
    if spec_digest(spec) != job.spec_digest:
        raise RunRefused(f"The spec's digest is {spec_digest(spec)}; members approved {job.spec_digest}.")
    return spec, block


def _check_approval(run: Run, board: Board) -> None:
    block = deep_block(board.client)
    if block < run.approved_block:
        raise NodeBehind(
            f"The node's final block is {block}; the approval was in block {run.approved_block}."
        )
    try:
        job = board.job(run.job_id, block)
    except CallReverted as error:
        raise ApprovalVanished(f"The final chain has no job {run.job_id}: {error.reason}") from error
    if job.state not in APPROVED_OR_LATER and job.state not in ENDED:
        raise ApprovalVanished(f"At final block {block} job {run.job_id} is not approved.")


def _check_terms(job: BoardJob, spec: JobSpec, board: Board, deployment: Deployment) -> None:
    found = differences(spec, job.request)
    if found:
        raise RunRefused(
            "The spec differs from the request on chain: " + "; ".join(str(one) for one in found)
        )
    if int(spec.chain_id) != deployment.chain_id:
        raise RunRefused(f"The spec is for chain {spec.chain_id}; this is chain {deployment.chain_id}.")
    if spec.dataset_token.lower() != board.neighbour("dataset_token").lower():
        raise RunRefused("The spec names datasets of another contract than JobBoard's.")
    for kind, item in (("algorithm", job.request.algorithm), ("engine", job.request.engine)):
        if not board.is_allowed(kind, item):
            raise RunRefused(f"Members do not allow the {kind} {item}.")
    for dataset_id in job.request.dataset_ids:
        if not board.has_consent(job.job_id, dataset_id):
            raise RunRefused(f"The owner of dataset {dataset_id} does not consent to this job.")


def _check_rows_in_model(job: BoardJob, spec: JobSpec, board: Board) -> tuple[str, ...]:
    """Models of some algorithms hold rows of the data, and counts tell some; whether they may is for the
    owner to say, on chain.

    Gives the files that must be sealed.
    """
    algorithm, allowed = job.request.algorithm, []
    tells_rows = algorithm in CARRIES_ROWS or tells_measured_rows(spec)
    for dataset_id in job.request.dataset_ids if tells_rows else ():
        allowed.append(RowsInModel(board.rows_in_model(dataset_id)).label)
        problem = rows_problem(allowed[-1], algorithm) or measured_rows_problem(allowed[-1], spec)
        if problem is not None:
            raise RunRefused(f"Dataset {dataset_id}: {problem}")
    files = sealed_files(allowed, algorithm)
    if files:
        _check_release_service()
    return files


def _check_release_service() -> None:
    """A sealed model needs somebody who can open it again for its owner."""
    try:
        release_recipient()
    except NoReleaseService as error:
        raise RunRefused(
            "The model's rows are to be sealed, and this executor has no release service."
        ) from error


def _check_parent(spec: JobSpec, board: Board, store: BlockSource) -> CheckedParent | None:
    """JobBoard asked at the request whether the requester owns the parent; which bytes it is, is asked here.

    A model is never burnt, and to whom it goes afterwards changes nothing of what was approved.
    """
    if not isinstance(spec, QnnSpec) or spec.warm_start is None:
        return None
    token_id, start = spec.parent_models[0], spec.warm_start
    spec_cid, manifest_cid = (Cid.from_digest(digest) for digest in board.origin(token_id))
    for what, on_chain, named in (
        ("spec", spec_cid, start.spec_cid),
        ("manifest", manifest_cid, start.manifest_cid),
    ):
        if str(on_chain) != named:
            raise RunRefused(
                f"The spec starts from the {what} {named}; that of model {token_id} is {on_chain} on chain."
            )
    try:
        parent_spec = store.read_block(spec_cid)
        entry = weights_entry(spec, parent_spec, store.read_block(manifest_cid))
    except BlockMissing as error:
        raise RunRefused(f"The documents of model {token_id} are not in the content store.") from error
    except (CidMismatch, ParentRefused) as error:
        raise RunRefused(error.message) from error
    return CheckedParent(token_id, parent_spec, manifest_cid, Cid.parse(entry.cid))


def _check_inputs(job: BoardJob, spec: JobSpec, board: Board) -> tuple[CheckedInput, ...]:
    inputs = []
    for dataset in spec.datasets:
        version = board.dataset_version(dataset.token_id, dataset.version)
        on_chain = Cid.from_digest(version["contentDigest"], version["codec"])
        if Cid.parse(dataset.content_cid) != on_chain:
            raise RunRefused(
                f"The spec reads {dataset.content_cid}; version {dataset.version} of dataset "
                f"{dataset.token_id} is {on_chain} on chain."
            )
        inputs.append(CheckedInput(dataset.token_id, dataset.version, on_chain))
    return tuple(inputs)
