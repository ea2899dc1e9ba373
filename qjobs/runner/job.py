"""Second program of a run: reads spec and rows, runs the algorithm, writes its files.

`python -m qjobs.runner.job SPEC OUTPUT_FOLDER '{"token id": "path"}' [CHECKPOINT]`, started by
`qjobs.runner.child`. CHECKPOINT: a file that an attempt that was killed left, and that this one may leave.
Standard input may hold `{"token id": "file key in hex"}`: those files are sealed, and opened in memory alone.
"""

import json
import os
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, TextIO

from common.errors import PermanentError, TooLarge
from qjobs.algorithms.progress import ProgressEvent, never_cancel
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.rows import TableBytes, TableFile
from qjobs.spec import estimate, read_spec
from storage.age.file_key import FileKey
from storage.age.files import unseal
from storage.age.vault import KnownKey

PACKAGES = ("numpy", "scipy", "scikit-learn", "qiskit", "qiskit-aer", "dwave-samplers", "safetensors")


class EventPipe:
    """JSON lines to the parent, on a stream of their own: stray prints of a library go to stderr."""

    def __init__(self) -> None:
        self._stream: TextIO = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def send(self, event: str, **values: Any) -> None:
        self._stream.write(json.dumps({"event": event, **values}) + "\n")
        self._stream.flush()

    def progress(self, event: ProgressEvent) -> None:
        self.send(
            "progress",
            step=event.step,
            steps=event.steps,
            stage=event.stage,
            message=event.message,
            metric=event.metric,
        )


def environment() -> dict[str, str]:
    """Versions that a run record names: enough to run again, nothing about the machine's owner."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        **{name: version(name) for name in PACKAGES},
    }


def tables(inputs: Mapping[int, Path], file_keys: dict[int, FileKey]) -> dict[int, TableFile]:
    """The files to read rows from; a sealed one as bytes in memory, proven to its end."""
    opened: dict[int, TableFile] = dict(inputs)
    for token_id, file_key in file_keys.items():
        with inputs[token_id].open("rb") as sealed:
            opened[token_id] = TableBytes(b"".join(unseal(sealed, [KnownKey(file_key)])))
    return opened


def run(
    spec_path: Path,
    output: Path,
    inputs: Mapping[int, TableFile],
    events: EventPipe,
    checkpoint: Path | None = None,
) -> None:
    spec = read_spec(spec_path.read_bytes())
    algorithm = ALGORITHMS[spec.algorithm.name]
    data = algorithm.load(spec, inputs)
    size = estimate(spec, len(data))
    if size.memory_bytes > spec.limits.memory_bytes:
        raise TooLarge(size.refusals[0])
    if algorithm.resume is not None and checkpoint is not None:
        result = algorithm.resume(spec, data, events.progress, never_cancel, checkpoint)
    else:
        result = algorithm.run(spec, data, events.progress, never_cancel)
    for name, block in result.files.items():
        (output / name).write_bytes(block)
    events.send("done", environment=environment())


def main() -> None:
    events = EventPipe()
    spec_path, output, inputs, *checkpoint = sys.argv[1:5]
    paths = {int(token_id): Path(path) for token_id, path in json.loads(inputs).items()}
    whispered = sys.stdin.buffer.read()
    file_keys = {
        int(token_id): FileKey(bytes.fromhex(key)) for token_id, key in json.loads(whispered or b"{}").items()
    }
    try:
        files = tables(paths, file_keys)
        run(Path(spec_path), Path(output), files, events, *map(Path, checkpoint))
    except PermanentError as error:
        events.send("refused", code=error.code, message=error.message)
    except MemoryError:
        events.send("out_of_memory")


if __name__ == "__main__":
    main()
