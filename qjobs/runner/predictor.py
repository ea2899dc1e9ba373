"""Second program of a prediction: reads a model's files and rows, sends its decisions.

`python -m qjobs.runner.predictor FOLDER`, started by `qjobs.runner.child`. The folder holds the spec, the
rows, and the files of the model under their names; all of it was written by strangers.
"""

import json
import sys
from pathlib import Path

import numpy as np

from common.errors import PermanentError
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.result import FILE_NAMES
from qjobs.runner.errors import RunRefused
from qjobs.runner.job import EventPipe
from qjobs.runner.prediction_files import ROWS_NAME, SPEC_NAME
from qjobs.spec import read_spec


def decisions(folder: Path) -> list[float]:
    """One finite number a row."""
    spec = read_spec((folder / SPEC_NAME).read_bytes())
    algorithm = ALGORITHMS[spec.algorithm.name]
    if algorithm.predict is None:
        raise RunRefused(f"a model of {spec.algorithm.name} decides nothing about rows")
    files = {name: (folder / name).read_bytes() for name in FILE_NAMES if (folder / name).is_file()}
    rows = np.array(json.loads((folder / ROWS_NAME).read_bytes()), dtype=np.float64)
    found = algorithm.predict(spec, files, rows)
    if not np.isfinite(found).all():
        raise RunRefused("the model gives no finite number for these rows")
    return [float(number) for number in found]


def main() -> None:
    events = EventPipe()
    try:
        events.send("done", decisions=decisions(Path(sys.argv[1])))
    except PermanentError as error:
        events.send("refused", code=error.code, message=error.message)
    except MemoryError:
        events.send("out_of_memory")


if __name__ == "__main__":
    main()
