"""Trainings from some of the starts alone: none of them waits for another."""

from collections.abc import Sequence

from numpy.typing import NDArray

from qjobs.algorithms.graph import Graph
from qjobs.algorithms.progress import Watch
from qjobs.algorithms.qaoa.maxcut import cut_ising
from qjobs.algorithms.qaoa.training import Landscape, from_start
from qjobs.engines.statevector import StatevectorEngine
from qjobs.spec import GraphSpec


def train_starts(spec: GraphSpec, graph: Graph, numbers: Sequence[int], watch: Watch) -> dict[int, NDArray]:
    """The angles that these starts reach, by their numbers."""
    method, engine = spec.algorithm, StatevectorEngine(spec.limits.memory_bytes)
    landscape = Landscape.of(cut_ising(graph), method.layers, engine)
    return {number: from_start(method, landscape, watch, seed=spec.seed, number=number) for number in numbers}
