"""Second program of a run: reads spec and rows, runs the algorithm, writes its files.

`python -m qjobs.runner.job SPEC OUTPUT_FOLDER '{"token id": "path"}' CHECKPOINT TILES PARENT`, started by
`qjobs.runner.child`. CHECKPOINT: a file that an attempt that was killed may have left, and that this one
may leave. TILES: a `TileOrder`; the run may then end by asking to be split. PARENT: a folder with the
files of the model that training begins with, named as in `parent_files`; empty for none.
Standard input may hold keys (`ChildKeys`): of inputs that are sealed, which are opened in memory alone, and
of outputs that are to be sealed before they are written.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from common.errors import PermanentError, TooLarge
from qjobs.algorithms.checkpoints import Checkpoints, made_by
from qjobs.algorithms.progress import ProgressEvent, never_cancel
from qjobs.algorithms.qnn.parent import ParentFiles
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.result import CARD_FILE
from qjobs.algorithms.rows import TableBytes, TableFile
from qjobs.algorithms.usage import usage_section
from qjobs.engines.environment import environment
from qjobs.runner.parent_files import SPEC_NAME, WEIGHTS_NAME
from qjobs.runner.sealing import ChildKeys, read_sealed, write_outputs
from qjobs.runner.tile_order import TileOrder
from qjobs.runner.tiling import TiledRun
from qjobs.spec import estimate, read_spec


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
            loss=event.loss,
            seconds_left=event.seconds_left,
        )


def opened_inputs(inputs: str, keys: ChildKeys) -> dict[int, TableFile]:
    """The files to read rows from, of `{"token id": "path"}`; a sealed one as bytes in memory, proven to its
    end."""
    paths = {int(token_id): Path(path) for token_id, path in json.loads(inputs).items()}
    opened: dict[int, TableFile] = dict(paths)
    for token_id, file_key in keys.inputs.items():
        opened[token_id] = TableBytes(read_sealed(paths[token_id], file_key))
    return opened


def run(
    spec_path: Path,
    output: Path,
    inputs: Mapping[int, TableFile],
    events: EventPipe,
    *,
    keys: ChildKeys,
    checkpoint: Path,
    tiles: TileOrder,
    parent: Path | None,
) -> None:
    """Runs and writes, or asks for tiles where there is nothing yet to go on from."""
    spec = read_spec(spec_path.read_bytes())
    algorithm = algorithm_of(spec)
    data = algorithm.read(spec, inputs, parent_files(parent))
    size = estimate(spec, len(data))
    if size.memory_bytes > spec.limits.memory_bytes:
        raise TooLarge(size.refusals[0])
    split = TiledRun.of(spec, data, keys.inputs)
    if split is not None and tiles.rules is not None and not Checkpoints(checkpoint, made_by(spec)).holds_any:
        count = split.tiles_worth(tiles.rules, size.cpu_seconds)
        if count:
            events.send("split", tiles=count)
            return
    if split is not None and tiles.files:
        result = split.joined(tiles.files, events.progress, checkpoint)
    elif algorithm.resume is not None:
        result = algorithm.resume(spec, data, events.progress, never_cancel, checkpoint)
    else:
        result = algorithm.run(spec, data, events.progress, never_cancel)
    card = result.files[CARD_FILE] + usage_section(size.cpu_seconds).encode()
    digests = write_outputs(output, {**result.files, CARD_FILE: card}, keys.files)
    events.send("done", environment=environment(), sealed=digests)


def parent_files(folder: Path | None) -> ParentFiles | None:
    """What training begins with; None for no folder."""
    if folder is None:
        return None
    return ParentFiles((folder / SPEC_NAME).read_bytes(), (folder / WEIGHTS_NAME).read_bytes())


def main() -> None:
    events = EventPipe()
    spec_path, output, inputs, checkpoint, tiles, parent = sys.argv[1:7]
    keys = ChildKeys.from_bytes(sys.stdin.buffer.read())
    try:
        run(
            Path(spec_path),
            Path(output),
            opened_inputs(inputs, keys),
            events,
            keys=keys,
            checkpoint=Path(checkpoint),
            tiles=TileOrder.from_text(tiles),
            parent=Path(parent) if parent else None,
        )
    except PermanentError as error:
        events.send("refused", code=error.code, message=error.message)
    except MemoryError:
        events.send("out_of_memory")


if __name__ == "__main__":
    main()
