"""What can be released: sealed files that the chain names, as a dataset's version or in a result's manifest.

Anybody can name a CID on chain, also that of somebody else's file. So a file is released only as what its key
was kept for: an upload as a version that its uploader published, a job's file as a result of that very job.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from chain.bindings import dataset_token, job_board, model_token
from chain.client import client
from chain.deployments import current
from chain.errors import CallReverted, UndecodableData
from common.errors import QommonsError
from common.strict_json import NotJson, strict_loads
from marketplace.errors import NotReleased
from marketplace.models import ContentKey, DatasetVersion
from marketplace.release.view import ChainView
from marketplace.store import content_store
from storage.cid import Cid

AGE_ENDING = ".age"


class Subject(Protocol):
    """A sealed file. `is_named`: by the chain at a block; `has_key`: whether its key is here, kept for it."""

    @property
    def cid(self) -> str: ...

    def is_named(self, view: ChainView) -> bool: ...

    def has_key(self) -> bool: ...


@dataclass(frozen=True)
class DatasetFile:
    """A version of a dataset and the sealed file that the chain must name for it."""

    token_id: int
    version: int
    cid: str

    def is_named(self, view: ChainView) -> bool:
        found = view.read(
            "DatasetToken", dataset_token.VERSION_OF, tokenId=self.token_id, number=self.version
        )
        return Cid.from_digest(found["contentDigest"], found["codec"]) == Cid.parse(self.cid)

    def has_key(self) -> bool:
        versions = DatasetVersion.objects.filter(dataset_id=self.token_id, number=self.version)
        publishers = versions.exclude(published_by="").values("published_by")
        return ContentKey.objects.filter(cid=self.cid, job_id=None, owner__in=publishers).exists()


@dataclass(frozen=True)
class ModelFile:
    """A sealed file of a model token, which the token's manifest must name."""

    token_id: int
    job_id: int
    name: str
    cid: str

    def is_named(self, view: ChainView) -> bool:
        if view.read("ModelToken", model_token.JOB_BOARD) != view.deployment.address_of("JobBoard"):
            return False
        model = view.read("ModelToken", model_token.MODEL_OF, tokenId=self.token_id)
        return model["jobId"] == self.job_id and _cid_in(model["artefactDigest"], self.name) == self.cid

    def has_key(self) -> bool:
        return ContentKey.objects.filter(cid=self.cid, job_id=self.job_id).exists()


@dataclass(frozen=True)
class ResultFile:
    """A sealed file of a posted result, for those who judge it before there is a model token."""

    job_id: int
    task: int
    name: str
    cid: str

    def is_named(self, view: ChainView) -> bool:
        task = view.read("JobBoard", job_board.GET_TASK, job_id=self.job_id, task=self.task)
        return _cid_in(task["artefact_digest"], self.name) == self.cid

    def has_key(self) -> bool:
        return ContentKey.objects.filter(cid=self.cid, job_id=self.job_id).exists()


def dataset_file(token_id: int, version: int) -> DatasetFile:
    """The file as the newest block names it; raises NotReleased where there is none."""
    found = _read_now("DatasetToken", dataset_token.VERSION_OF, tokenId=token_id, number=version)
    return DatasetFile(token_id, version, str(Cid.from_digest(found["contentDigest"], found["codec"])))


def model_file(token_id: int, name: str) -> ModelFile:
    """The model's file of this name; raises NotReleased where the chain names none."""
    model = _read_now("ModelToken", model_token.MODEL_OF, tokenId=token_id)
    return ModelFile(token_id, model["jobId"], name, _named(model["artefactDigest"], name))


def result_file(job_id: int, task: int, name: str) -> ResultFile:
    """The posted file of this name; raises NotReleased where the chain names none."""
    posted = _read_now("JobBoard", job_board.GET_TASK, job_id=job_id, task=task)
    return ResultFile(job_id, task, name, _named(posted["artefact_digest"], name))


def _read_now(contract: str, function: Any, /, **args: Any) -> Any:
    try:
        return client().read(current().address_of(contract), function, **args)
    except (CallReverted, UndecodableData) as error:
        raise NotReleased from error


def _named(artefact_digest: str, name: str) -> str:
    cid = _cid_in(artefact_digest, name)
    if cid is None:
        raise NotReleased
    return cid


def _cid_in(artefact_digest: str, name: str) -> str | None:
    """The CID that a manifest gives this name; the block is held against its digest, which the chain has."""
    try:
        manifest = strict_loads(content_store().read_block(Cid.from_digest(artefact_digest)))
    except (QommonsError, NotJson):
        return None
    files = manifest.get("files") if isinstance(manifest, Mapping) else None
    entry = files.get(name) if isinstance(files, Mapping) else None
    cid = entry.get("cid") if isinstance(entry, Mapping) else None
    return cid if isinstance(cid, str) else None
