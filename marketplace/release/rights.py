"""Who may have which sealed file: asked of the chain alone, at its final block and at its newest.

The final block says that the right is there to stay; the newest says that it was not taken back since.
"""

from dataclasses import dataclass
from typing import Protocol, TypeVar

from django.conf import settings

from chain.abi import function
from chain.bindings import access_pass, executor_registry, job_board, model_token
from chain.client import client
from chain.deployments import current
from chain.errors import CallReverted, UndecodableData
from chain.finality import deep_block
from marketplace.errors import NotReleased
from marketplace.models import Right, SubjectKind
from marketplace.release.subjects import DatasetFile, ModelFile, ResultFile, Subject
from marketplace.release.verifiers import disputed_task
from marketplace.release.view import ChainView
from storage.age.errors import InvalidKey
from storage.age.keys import Recipient

_DATASET_TOKEN = function("datasetToken() returns (address)")
JOB_RUNNING = 3
MODEL_VERSION = 1
"""A model token is one version for ever."""

SubjectT = TypeVar("SubjectT", bound=Subject)
SubjectT_contra = TypeVar("SubjectT_contra", bound=Subject, contravariant=True)


class ReleaseRight(Protocol[SubjectT_contra]):
    """A reason for a release of such a file, which the chain confirms or not."""

    def holds(self, view: ChainView, subject: SubjectT_contra) -> bool: ...


@dataclass(frozen=True)
class DownloadRight:
    """A download pass of this holder; a compute pass is none."""

    pass_id: int
    holder: str

    def holds(self, view: ChainView, subject: DatasetFile) -> bool:
        return view.read(
            "AccessPass",
            access_pass.IS_USABLE,
            passId=self.pass_id,
            holder=self.holder,
            subjectKind=int(SubjectKind.DATASET),
            subjectId=subject.token_id,
            right=int(Right.DOWNLOAD),
            version=subject.version,
        )


@dataclass(frozen=True)
class ExecutorRight:
    """The executor that has claimed a task of an approved job and still has time for it."""

    job_id: int
    task: int
    executor: str

    def holds(self, view: ChainView, subject: DatasetFile) -> bool:
        job = view.read("JobBoard", job_board.GET_JOB, job_id=self.job_id)
        task = view.read("JobBoard", job_board.GET_TASK, job_id=self.job_id, task=self.task)
        if job["state"] != JOB_RUNNING or task["executor"] != self.executor:
            return False
        if task["run_by"] < view.node.block(view.block).timestamp:
            return False
        is_executor = view.read("ExecutorRegistry", executor_registry.IS_EXECUTOR, executor=self.executor)
        return is_executor and reads_dataset(view, self.job_id, self.task, job["tasks"], subject)


@dataclass(frozen=True)
class VerifierRight:
    """A verifier that is assigned to the open dispute of a job."""

    job_id: int
    verifier: str

    def holds(self, view: ChainView, subject: DatasetFile) -> bool:
        task = disputed_task(view.node, view.deployment, view.block, self.job_id, self.verifier)
        if task is None:
            return False
        job = view.read("JobBoard", job_board.GET_JOB, job_id=self.job_id)
        return reads_dataset(view, self.job_id, task, job["tasks"], subject)


@dataclass(frozen=True)
class OwnerRight:
    """The model token itself: whoever holds it now, and no longer whoever held it before."""

    holder: str

    def holds(self, view: ChainView, subject: ModelFile) -> bool:
        return view.read("ModelToken", model_token.OWNER_OF, tokenId=subject.token_id) == self.holder


@dataclass(frozen=True)
class PredictRight:
    """A pass to predict: the site may open the model to answer its holder, who never gets the file."""

    pass_id: int
    holder: str

    def holds(self, view: ChainView, subject: ModelFile) -> bool:
        return view.read(
            "AccessPass",
            access_pass.IS_USABLE,
            passId=self.pass_id,
            holder=self.holder,
            subjectKind=int(SubjectKind.MODEL),
            subjectId=subject.token_id,
            right=int(Right.PREDICT),
            version=MODEL_VERSION,
        )


@dataclass(frozen=True)
class ResultVerifierRight:
    """A verifier that is assigned to the open dispute about this very result."""

    verifier: str

    def holds(self, view: ChainView, subject: ResultFile) -> bool:
        disputed = disputed_task(view.node, view.deployment, view.block, subject.job_id, self.verifier)
        return disputed == subject.task


def check_right(right: ReleaseRight[SubjectT], subject: SubjectT) -> None:
    """Returns if the chain confirms the right now and the file's key is kept for what the chain names it as.

    Raises NotReleased, the same for every reason. A node of another chain or one that is away raises its own
    error: then nobody gets anything.
    """
    node, deployment = client(), current()
    try:
        for block in (deep_block(node), node.head_number()):
            view = ChainView(node, deployment, block)
            if not (_is_our_contract(view) and subject.is_named(view) and right.holds(view, subject)):
                raise NotReleased
    except (CallReverted, UndecodableData) as error:
        raise NotReleased from error
    if not subject.has_key():
        raise NotReleased


def registered_recipient(executor: str) -> Recipient:
    """The age recipient that an executor or a verifier has registered, at the final block."""
    node, deployment = client(), current()
    registry, raw = deployment.address_of("ExecutorRegistry"), "0x"
    logs = node.logs(
        addresses=[registry],
        topics=[executor_registry.KEYS_SET.topic],
        first=deployment.start_block,
        last=deep_block(node),
    )
    for log in logs:
        args = executor_registry.KEYS_SET.decode(log.topics, log.data)
        if args["executor"] == executor:
            raw = args["age_recipient"]
    try:
        return Recipient.parse(bytes.fromhex(raw.removeprefix("0x")).decode("ascii"))
    except (UnicodeDecodeError, InvalidKey) as error:
        raise NotReleased from error


def reads_dataset(view: ChainView, job_id: int, task: int, tasks: int, subject: DatasetFile) -> bool:
    """Whether the job's request names this version; where a job has many tasks, each reads one dataset."""
    ids, versions, _ = view.read("JobBoard", job_board.JOB_DATASETS, job_id=job_id)
    named = list(zip(ids, versions, strict=True))
    wanted = (subject.token_id, subject.version)
    return named[task] == wanted if tasks > 1 else wanted in named


def _is_our_contract(view: ChainView) -> bool:
    """Whether the passes speak of the very dataset contract of our deployment, on the settings' chain."""
    if view.node.chain_id != settings.CHAIN_ID:
        return False
    datasets = view.deployment.address_of("DatasetToken")
    return view.read("AccessPass", _DATASET_TOKEN) == datasets
