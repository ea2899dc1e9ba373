"""The parent's side of a tile: a child as closed as that of a run computes it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from qjobs.algorithms.tiling.rules import MOST_TILE_BYTES
from qjobs.runner.errors import OutputRefused
from qjobs.runner.events import read_events
from qjobs.runner.limits import MIB, RunLimits
from qjobs.runner.parent import PRIVATE_LAYERS, failure_of, folders
from qjobs.runner.process import start_isolated, stop
from qjobs.runner.sealing import NO_KEYS, ChildKeys
from storage.age.file_key import FileKey

TILE_NAME = "tile.safetensors"
ROOM = 64 * MIB
"""A strip more than the wanted bytes, names, and what sealing adds."""


def compute_tile(
    spec_bytes: bytes,
    inputs: Mapping[int, Path],
    workdir: Path,
    *,
    number: int,
    count: int,
    should_stop: Callable[[], bool],
    limits: RunLimits,
    file_keys: Mapping[int, FileKey] = NO_KEYS,
    parent: Path | None = None,
) -> Path:
    """The file of tile `number` of `count`, in `workdir`, an empty folder of the caller's.

    `file_keys`: of the inputs that are sealed; the tile is then sealed too. `parent`: as for a run. Raises
    the errors of `qjobs.runner.errors`.
    """
    spec_path, output = workdir / "spec.json", workdir / "output"
    spec_path.write_bytes(spec_bytes)
    output.mkdir()
    paths = {str(token_id): str(Path(path).resolve()) for token_id, path in inputs.items()}
    target = output / TILE_NAME
    words = [str(spec_path.resolve()), str(target.resolve()), json.dumps(paths), str(number), str(count)]
    words.append("" if parent is None else str(parent.resolve()))
    bounds = replace(limits, output_bytes=MOST_TILE_BYTES + ROOM)
    child = start_isolated(
        ["qjobs.runner.tile", *words],
        folder=workdir,
        readable=[spec_path.resolve(), *map(Path, paths.values()), *folders(parent)],
        writable=[output.resolve()],
        limits=bounds,
        secret=ChildKeys(file_keys).as_bytes(),
        required=PRIVATE_LAYERS if file_keys else (),
    )
    ending = None
    try:
        for event in read_events(child, run_seconds=limits.run_seconds, should_stop=should_stop):
            ending = event
        child.wait(timeout=limits.run_seconds)
    finally:
        stop(child)
    if ending is None or child.returncode != 0 or ending["event"] != "done":
        raise failure_of(child, ending, workdir, bounds, says_rows=bool(file_keys))
    if target.is_symlink() or not target.is_file():
        raise OutputRefused("the tile's child wrote no tile")
    return target
