"""The parent's side of a prediction: a child without a network reads the model, which a stranger posted."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qjobs.runner.errors import RunCrashed, RunOutOfMemory, RunRefused
from qjobs.runner.events import MAX_TEXT, read_events
from qjobs.runner.limits import RunLimits
from qjobs.runner.parent import PRIVATE_LAYERS
from qjobs.runner.prediction_files import ROWS_NAME, SPEC_NAME
from qjobs.runner.process import start_isolated, stop
from qjobs.runner.sealing import NO_KEYS, ChildKeys
from storage.age.file_key import FileKey


def predict(
    spec_bytes: bytes,
    rows: Sequence[Sequence[float]],
    *,
    files: Path,
    workdir: Path,
    limits: RunLimits,
    file_keys: Mapping[str, FileKey] = NO_KEYS,
) -> list[float | list[float]]:
    """The model's decision on each row, or its score of each of several classes, bit by bit as the artefact's
    own code gives them on these rows.

    `files`: a folder with the model's files, to which spec and rows are added. `workdir`: an empty one. Both
    are the caller's, who also removes them. `file_keys`: of the files that are sealed, by name; the child
    opens them in its memory. Raises the errors of `qjobs.runner.errors`.
    """
    (files / SPEC_NAME).write_bytes(spec_bytes)
    (files / ROWS_NAME).write_text(json.dumps([list(row) for row in rows]))
    child = start_isolated(
        ["qjobs.runner.predictor", str(files.resolve())],
        folder=workdir,
        readable=[files.resolve()],
        writable=[],
        limits=limits,
        secret=ChildKeys(files=file_keys).as_bytes(),
        required=PRIVATE_LAYERS if file_keys else (),
    )
    try:
        ending: dict[str, Any] = {}
        for event in read_events(child, run_seconds=limits.run_seconds, should_stop=lambda: False):
            ending = event
        child.wait(timeout=limits.run_seconds)
    finally:
        stop(child)
    return _decisions(ending, count=len(rows))


def _decisions(ending: dict[str, Any], *, count: int) -> list[float | list[float]]:
    kind = ending.get("event")
    if kind == "refused":
        raise RunRefused(str(ending.get("message", ""))[:MAX_TEXT])
    if kind == "out_of_memory":
        raise RunOutOfMemory("predicting these rows needs more memory than is given")
    found = ending.get("decisions")
    if kind != "done" or not isinstance(found, list) or len(found) != count:
        raise RunCrashed("the child ended without a decision on each row")
    numbers = [each for one in found for each in (one if isinstance(one, list) else [one])]
    if not all(type(one) is float and math.isfinite(one) for one in numbers):
        raise RunCrashed("the child sent a decision that is no number")
    if len({len(one) if isinstance(one, list) else 0 for one in found}) > 1:
        raise RunCrashed("the child sent decisions of several kinds")
    return found
