"""One tile as bytes, and the kernels that come together from tiles."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from qjobs.algorithms.errors import TileRefused
from qjobs.algorithms.tiling.cutting import Strip, Tiling, strips_of
from qjobs.algorithms.tiling.requests import KernelRequest, NamingEngine
from qjobs.engines.gram import rectangular_strip, split_states, square_strip
from qjobs.engines.protocol import KernelEngine, StateProgram

Arrays = Mapping[str, NDArray]


def tile_bytes(tiling: Tiling, number: int) -> bytes:
    """The strips of one tile as safetensors, each under its name."""
    found: dict[str, NDArray] = {}
    for name in dict.fromkeys(strip.kernel for strip in tiling.tiles[number]):
        own = [strip for strip in tiling.tiles[number] if strip.kernel == name]
        found |= _blocks(tiling.requests[name], own)
    return save({name: np.ascontiguousarray(block) for name, block in found.items()})


def read_tile(block: bytes) -> Arrays:
    """The strips by name; raises `TileRefused`."""
    try:
        return load(block)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise TileRefused("a tile is not safetensors") from error


def _blocks(request: KernelRequest, own: list[Strip]) -> Arrays:
    """Strips of one kernel.

    All states are computed, at once as for the whole kernel: a product of fewer rows is rounded differently.
    """
    left = split_states(request.program.states(request.left))
    if request.right is None:
        return {each.name: square_strip(left, each.rows) for each in own}
    right = split_states(request.program.states(request.right))
    return {each.name: rectangular_strip(left[each.rows], right) for each in own}


class JoiningEngine(NamingEngine):
    """Takes kernels from finished tiles, and computes those that no tile holds, or none that can be read.

    `read` gives the strips of a tile by its number; the newest is kept, as kernels are asked for in the order
    in which they were cut.
    """

    def __init__(self, engine: KernelEngine, tiling: Tiling, read: Callable[[int], Arrays]) -> None:
        super().__init__(engine)
        self._read = read
        self._tile_of = {strip.name: number for number, tile in enumerate(tiling.tiles) for strip in tile}
        self._newest: tuple[int, Arrays] = -1, {}

    def gram(self, program: StateProgram, rows: NDArray) -> NDArray:
        joined = self._joined(self.request(program, rows, None))
        return super().gram(program, rows) if joined is None else joined

    def cross_gram(self, program: StateProgram, left: NDArray, right: NDArray) -> NDArray:
        joined = self._joined(self.request(program, left, right))
        return super().cross_gram(program, left, right) if joined is None else joined

    def _joined(self, request: KernelRequest) -> NDArray | None:
        own = strips_of(request)
        if any(each.name not in self._tile_of for each in own):
            return None
        kernel = np.empty(request.shape)
        try:
            for strip in own:
                self._put(kernel, strip, is_square=request.right is None)
        except TileRefused:
            return None
        return kernel

    def _put(self, kernel: NDArray, strip: Strip, *, is_square: bool) -> None:
        first = strip.rows.start if is_square else 0
        block, place = self._block(strip), kernel[strip.rows, first:]
        if block.shape != place.shape or block.dtype != np.float64:
            raise TileRefused(f"a strip of shape {block.shape} stands where another belongs")
        place[...] = block
        if is_square:
            kernel[first:, strip.rows] = block.T

    def _block(self, strip: Strip) -> NDArray:
        number = self._tile_of[strip.name]
        if self._newest[0] != number:
            self._newest = number, self._read(number)
        try:
            return self._newest[1][strip.name]
        except KeyError as error:
            raise TileRefused(f"tile {number} lacks a strip that is its own") from error
