"""Who may have which private file: asked of the chain alone, at its final block and at its newest.

The final block says that the right is there to stay; the newest says that it was not taken back since.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings

from chain.abi import Function, function
from chain.bindings import access_pass, dataset_token, executor_registry, job_board
from chain.client import ChainClient, client
from chain.deployments import Deployment, current
from chain.errors import CallReverted, UndecodableData
from chain.finality import deep_block
from marketplace.errors import NotReleased
from marketplace.models import Right, SubjectKind
from marketplace.release.verifiers import disputed_task
from storage.age.errors import InvalidKey
from storage.age.keys import Recipient
from storage.cid import Cid

_DATASET_TOKEN = function("datasetToken() returns (address)")
JOB_RUNNING = 3


@dataclass(frozen=True)
class Subject:
    """A version of a dataset and the sealed file that the chain must name for it."""

    token_id: int
    version: int
    cid: str


@dataclass(frozen=True)
class ChainView:
    """The chain at one block, read afresh."""

    node: ChainClient
    deployment: Deployment
    block: int

    def read(self, contract: str, wanted: Function, /, **args: Any) -> Any:
        """What the deployment's contract of this name answers."""
        return self.node.read(self.deployment.address_of(contract), wanted, block=self.block, **args)


class ReleaseRight(Protocol):
    """A reason for a release, which the chain confirms or not."""

    def holds(self, view: ChainView, subject: Subject) -> bool: ...


@dataclass(frozen=True)
class DownloadRight:
    """A download pass of this holder; a compute pass is none."""

    pass_id: int
    holder: str

    def holds(self, view: ChainView, subject: Subject) -> bool:
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

    def holds(self, view: ChainView, subject: Subject) -> bool:
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

    def holds(self, view: ChainView, subject: Subject) -> bool:
        task = disputed_task(view.node, view.deployment, view.block, self.job_id, self.verifier)
        if task is None:
            return False
        job = view.read("JobBoard", job_board.GET_JOB, job_id=self.job_id)
        return reads_dataset(view, self.job_id, task, job["tasks"], subject)


def check_right(right: ReleaseRight, subject: Subject) -> None:
    """Returns if the chain confirms the right now. Raises NotReleased, the same for every reason.

    A node of another chain or one that is away raises its own error: then nobody gets anything.
    """
    node, deployment = client(), current()
    try:
        for block in (deep_block(node), node.head_number()):
            view = ChainView(node, deployment, block)
            if not (_is_our_contract(view) and _names(view, subject) and right.holds(view, subject)):
                raise NotReleased
    except (CallReverted, UndecodableData) as error:
        raise NotReleased from error


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


def sealed_file_of(subject_id: int, version: int) -> Subject:
    """The subject as the newest block names it; raises NotReleased where there is none."""
    try:
        found = client().read(
            current().address_of("DatasetToken"), dataset_token.VERSION_OF, tokenId=subject_id, number=version
        )
    except (CallReverted, UndecodableData) as error:
        raise NotReleased from error
    return Subject(subject_id, version, str(Cid.from_digest(found["contentDigest"], found["codec"])))


def reads_dataset(view: ChainView, job_id: int, task: int, tasks: int, subject: Subject) -> bool:
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


def _names(view: ChainView, subject: Subject) -> bool:
    """Whether the chain names this file for the version: also after a reorganisation."""
    found = view.read(
        "DatasetToken", dataset_token.VERSION_OF, tokenId=subject.token_id, number=subject.version
    )
    return Cid.from_digest(found["contentDigest"], found["codec"]) == Cid.parse(subject.cid)
