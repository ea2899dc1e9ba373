"""A CAR from outside -> a draft in the layout of the local store."""

import os
from pathlib import Path
from typing import BinaryIO

from storage.car import CarReader, CarTree
from storage.cid import DAG_PB, RAW, Cid
from storage.errors import UnsupportedCid
from storage.limits import ReadLimits
from storage.local.sidecar import SidecarWriter
from storage.reading import Wanted, is_file, read_file, tree_blocks


def write_car_tree(car: CarReader, draft: Path, *, limits: ReadLimits) -> None:
    """Writes the one tree of the CAR into the folder `draft`, verified and fsynced.

    Of a file, `content` gets the bytes and `nodes.car` all blocks but raw ones. A file of the old profile has
    its bytes in both, since its leaves are no plain byte ranges.
    """
    if car.root.codec not in {RAW, DAG_PB}:
        raise UnsupportedCid(f"the links of {car.root} are not followed here")
    nodes = SidecarWriter(draft / "nodes.car")
    with (draft / "content").open("w+b") as content:
        receiver = _Receiver(car, nodes, content)
        root_block = receiver(Wanted(car.root))
        if car.root.codec == RAW or is_file(root_block):
            for piece in read_file(car.root, receiver, limits=limits):
                content.write(piece)
        else:
            for cid, block in tree_blocks(car.root, receiver, limits=limits):
                nodes.add(cid, block)
        receiver.finish()
        content.flush()
        os.fsync(content.fileno())
    if car.root.codec != RAW and not is_file(root_block):
        (draft / "content").unlink()
    nodes.finish(car.root)


class _Receiver:
    """Hands the CAR's blocks to a walker, keeps the nodes; repeats come from the draft."""

    def __init__(self, car: CarReader, nodes: SidecarWriter, content: BinaryIO) -> None:
        self._tree = CarTree(car, repeat=self._read_again)
        self._nodes = nodes
        self._content = content
        self._positions: dict[Cid, tuple[int, int]] = {}

    def __call__(self, wanted: Wanted, /) -> bytes:
        block = self._tree(wanted)
        if wanted.cid.codec == RAW:
            self._positions.setdefault(wanted.cid, (wanted.position, len(block)))
        else:
            self._nodes.add(wanted.cid, block)
        return block

    def finish(self) -> None:
        self._tree.finish()

    def _read_again(self, cid: Cid) -> bytes:
        if cid not in self._positions:
            return self._nodes.read(cid)
        self._content.flush()
        position, size = self._positions[cid]
        return os.pread(self._content.fileno(), size, position)
