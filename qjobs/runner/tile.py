"""Second program of a tile: reads spec and rows, computes one tile of the run, writes its file.

`python -m qjobs.runner.tile SPEC TARGET '{"token id": "path"}' NUMBER COUNT PARENT`, started by
`qjobs.runner.child`. PARENT: as of a run. Standard input may hold keys (`ChildKeys`), of inputs alone.
"""

import sys
from pathlib import Path

from common.errors import PermanentError
from qjobs.algorithms.registry import algorithm_of
from qjobs.runner.errors import RunRefused
from qjobs.runner.job import EventPipe, opened_inputs, parent_files
from qjobs.runner.sealing import ChildKeys
from qjobs.runner.tiling import TiledRun
from qjobs.spec import read_spec


def main() -> None:
    events = EventPipe()
    spec_path, target, inputs, number, count, parent = sys.argv[1:7]
    keys = ChildKeys.from_bytes(sys.stdin.buffer.read())
    try:
        spec = read_spec(Path(spec_path).read_bytes())
        begun = parent_files(Path(parent) if parent else None)
        data = algorithm_of(spec).read(spec, opened_inputs(inputs, keys), begun)
        run = TiledRun.of(spec, data, keys.inputs)
        if run is None:
            raise RunRefused(f"a run of {spec.algorithm.name} has no tiles")
        run.write_tile(int(number), int(count), Path(target))
        events.send("done")
    except PermanentError as error:
        events.send("refused", code=error.code, message=error.message)
    except MemoryError:
        events.send("out_of_memory")


if __name__ == "__main__":
    main()
