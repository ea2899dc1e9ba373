"""Second program of a prediction: reads a model's files and rows, sends its decisions.

`python -m qjobs.runner.predictor FOLDER`, started by `qjobs.runner.child`. The folder holds the spec, the
rows, and the files of the model under their names; all of it was written by strangers. Standard input may
hold keys of sealed ones (`ChildKeys`), which are opened in memory alone.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from common.errors import PermanentError
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.result import FILE_NAMES
from qjobs.runner.errors import RunRefused
from qjobs.runner.job import EventPipe
from qjobs.runner.prediction_files import ROWS_NAME, SPEC_NAME
from qjobs.runner.sealing import ChildKeys, read_sealed
from qjobs.spec import read_spec
from storage.age.file_key import FileKey


def decisions(folder: Path, keys: Mapping[str, FileKey]) -> list[float] | list[list[float]]:
    """One finite number a row, or one for each of several classes."""
    spec = read_spec((folder / SPEC_NAME).read_bytes())
    algorithm = algorithm_of(spec)
    if algorithm.predict is None:
        raise RunRefused(f"a model of {spec.algorithm.name} decides nothing about rows")
    files = {
        name: read_sealed(folder / name, keys[name]) if name in keys else (folder / name).read_bytes()
        for name in FILE_NAMES
        if (folder / name).is_file()
    }
    rows = np.array(json.loads((folder / ROWS_NAME).read_bytes()), dtype=np.float64)
    found = algorithm.predict(spec, files, rows)
    if not np.isfinite(found).all():
        raise RunRefused("the model gives no finite number for these rows")
    answers: list[float] | list[list[float]] = found.tolist()
    return answers


def main() -> None:
    events = EventPipe()
    try:
        keys = ChildKeys.from_bytes(sys.stdin.buffer.read())
        events.send("done", decisions=decisions(Path(sys.argv[1]), keys.files))
    except PermanentError as error:
        events.send("refused", code=error.code, message=error.message)
    except MemoryError:
        events.send("out_of_memory")


if __name__ == "__main__":
    main()
