"""Predictions with a posted model, for its owner and for holders of a pass, made by a child process."""

import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from common.errors import InvalidInput, NotAllowed, QommonsError, Unavailable
from marketplace.errors import NotReleased, NotReleasedYet
from marketplace.release.asking import asked_header
from marketplace.release.grants import grant_model_file
from marketplace.store import content_store
from qjobs.errors import ModelDecidesNothing, ModelStaysSealed, PredictorBusy
from qjobs.rules.prediction_rows import Rows
from qjobs.runner.errors import RunTimedOut
from qjobs.runner.limits import RunLimits
from qjobs.runner.prediction import predict
from qjobs.selectors.models import ModelView
from qjobs.selectors.predicting import features_of, right_to_predict
from qjobs.selectors.results import PostedFile
from qjobs.selectors.specs import read_pinned_spec
from qjobs.spec import ReductionSpec, TableSpec, canonical_bytes
from qjobs.spec.parts import ClassColumns, Columns, FeatureColumns
from storage.age.file_key import FileKey
from storage.age.keys import Identity
from storage.age.vault import key_in
from storage.cid import Cid

MODEL_FILES = ("model.safetensors", "preprocessing.json")
MAX_FILE_BYTES = 64 << 20
RUN_SECONDS = 60
AT_ONCE = 2
PATIENCE_SECONDS = 20.0
_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Decision:
    """What is said of a row: a number; or a class by name, its score as the number and the scores of all; or
    coordinates, the first as the number."""

    number: float
    class_name: str = ""
    scores: tuple[float, ...] = ()


@dataclass(frozen=True)
class Prediction:
    """decisions: one a row, above 0 for `positive_label`, or the number itself where that is empty; classes:
    of the scores, in order, none where these are coordinates; pass_id: by which it was asked, 0 for the
    owner.
    """

    decisions: tuple[Decision, ...]
    label: str
    positive_label: str
    classes: tuple[str, ...]
    pass_id: int


def check_right(view: ModelView, wallet: str) -> int:
    """The pass that lets the wallet ask, 0 for the owner; raises NotAllowed."""
    pass_id = right_to_predict(view.model, wallet)
    if pass_id is None:
        raise NotAllowed(
            f"Only the owner of model {view.model.token_id} and holders of its passes to predict may ask it."
        )
    return pass_id


def features_read(view: ModelView) -> tuple[str, ...]:
    """What a row must name; raises ModelDecidesNothing where it reads no rows or its bytes are away."""
    features = features_of(view.files)
    if not features:
        raise ModelDecidesNothing(
            f"Model {view.model.token_id} reads no rows, or its files have not been fetched here yet."
        )
    return features


@sensitive_variables()
def predict_rows(view: ModelView, rows: Rows, *, wallet: str, pass_id: int) -> Prediction:
    """The artefact's own decisions, for the wallet that asks by this pass, 0 for the owner.

    Raises what `qjobs.runner.errors` names, PredictorBusy, ModelStaysSealed, Unavailable.
    """
    spec = read_pinned_spec(view.job.spec_digest) if view.job else None
    if not isinstance(spec, TableSpec | ReductionSpec):
        raise ModelDecidesNothing(f"The spec of model {view.model.token_id} is not at hand.")
    sealed = [file.name for file in _model_files(view.files) if file.is_sealed]
    file_keys = {
        name: _file_key(view.model.token_id, name, wallet=wallet, pass_id=pass_id) for name in sealed
    }
    with _place(), tempfile.TemporaryDirectory(prefix="qommons-predict-") as name:
        files, workdir = Path(name) / "model", Path(name) / "work"
        files.mkdir()
        workdir.mkdir()
        for file in _model_files(view.files):
            _fetch(file, files / file.name)
        limits = RunLimits(RUN_SECONDS, min(spec.limits.memory_bytes, settings.RUN_MEMORY_BYTES))
        try:
            found = predict(
                canonical_bytes(spec),
                rows,
                files=files,
                workdir=workdir,
                limits=limits,
                file_keys=file_keys,
            )
        except RunTimedOut as error:
            raise InvalidInput(
                f"These rows took more than {RUN_SECONDS} seconds. Send fewer at once.", field="rows"
            ) from error
    columns = spec.datasets[0].columns
    label = "" if isinstance(columns, FeatureColumns) else columns.label
    positive = columns.positive_label if isinstance(columns, Columns) else ""
    classes = columns.classes if isinstance(columns, ClassColumns) else ()
    decisions = tuple(_decision(one, classes) for one in found)
    return Prediction(decisions, label, positive, classes, pass_id)


def _decision(found: float | list[float], classes: Sequence[str]) -> Decision:
    if not isinstance(found, list):
        return Decision(found)
    if not classes:
        return Decision(found[0], scores=tuple(found))
    if len(found) != len(classes):
        raise ModelDecidesNothing(f"The model scores {len(found)} classes, its spec names {len(classes)}.")
    best = max(range(len(found)), key=lambda place: found[place])
    return Decision(found[best], classes[best], tuple(found))


@sensitive_variables()
def _file_key(token_id: int, name: str, *, wallet: str, pass_id: int) -> FileKey:
    """The key of a sealed file for one prediction, from the release service, which asks the chain first."""
    once = Identity.generate()
    try:
        granted = grant_model_file(
            wallet=wallet, token_id=token_id, name=name, recipient=once.recipient, pass_id=pass_id
        )
        header = asked_header(f"{granted.url.removeprefix(settings.RELEASE_URL)}/header")
    except (NotReleased, NotReleasedYet) as error:
        raise ModelStaysSealed(
            f"The rows that model {token_id} carries are sealed, and the chain does not show your right to "
            "it as final yet. Ask again when some more blocks are made."
        ) from error
    return key_in(header, [once])


@contextmanager
def _place() -> Iterator[None]:
    """One of a few children: predictions must leave the machine to the jobs that were voted for."""
    if not _places.acquire(timeout=PATIENCE_SECONDS):
        raise PredictorBusy("Other predictions are being made; try again in a moment.")
    try:
        yield
    finally:
        _places.release()


def _model_files(files: Sequence[PostedFile]) -> list[PostedFile]:
    return [file for file in files if file.name in MODEL_FILES]


def _fetch(file: PostedFile, target: Path) -> None:
    """The file's bytes; each block was held against its hash."""
    if file.size > MAX_FILE_BYTES:
        raise ModelDecidesNothing(f"{file.name} is larger than a model may be.")
    store, cid = content_store(), Cid.parse(file.cid)
    try:
        with target.open("wb") as handle:
            for part in store.open(cid, length=MAX_FILE_BYTES):
                handle.write(part)
    except QommonsError as error:
        raise Unavailable(f"The bytes of {file.name} are not at hand now.") from error
