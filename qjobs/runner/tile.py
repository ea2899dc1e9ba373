"""Second program of a tile: reads spec and rows, computes one tile of the run's kernels, writes its file.

`python -m qjobs.runner.tile SPEC TARGET '{"token id": "path"}' NUMBER COUNT`, started by
`qjobs.runner.child`. Standard input may hold keys (`ChildKeys`), of inputs alone.
"""

import sys
from pathlib import Path

from common.errors import PermanentError
from qjobs.algorithms.registry import algorithm_of
from qjobs.runner.errors import RunRefused
from qjobs.runner.job import EventPipe, opened_inputs
from qjobs.runner.sealing import ChildKeys
from qjobs.runner.tiling import TiledRun
from qjobs.spec import read_spec


def main() -> None:
    events = EventPipe()
    spec_path, target, inputs, number, count = sys.argv[1:6]
    keys = ChildKeys.from_bytes(sys.stdin.buffer.read())
    try:
        spec = read_spec(Path(spec_path).read_bytes())
        data = algorithm_of(spec).load(spec, opened_inputs(inputs, keys))
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
