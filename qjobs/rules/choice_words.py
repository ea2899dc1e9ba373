"""A job that chooses under constraints, in words."""

from collections.abc import Iterator

from qjobs.rules.noise_words import exact_noise_in_words
from qjobs.spec import QuboSpec
from qjobs.spec.parts import EdgeColumns
from qjobs.spec.problem_words import problem_in_words
from qjobs.spec.problems import ChannelAssignment, Portfolio, Route, VertexCover

QUBITS_FOR = {
    "portfolio": "one an asset",
    "vertex-cover": "one a node",
    "channel-assignment": "one a node and channel",
    "route": "one an edge and direction",
}
CONSTRAINTS = {
    "portfolio": "the number of assets",
    "vertex-cover": "an end at every edge",
    "channel-assignment": "one channel a node",
    "route": "one unbroken way",
}


def choice_job_in_words(spec: QuboSpec, columns: str) -> list[str]:
    """What the job does, one sentence a line; nothing that decides the result is left out.

    `columns`: the columns read, in words.
    """
    return list(_lines(spec, columns))


def _lines(spec: QuboSpec, columns: str) -> Iterator[str]:
    dataset, method = spec.datasets[0], spec.algorithm
    problem = method.problem
    yield f"Reads dataset {dataset.token_id} version {dataset.version}: {_rows(spec, columns)}"
    yield problem_in_words(problem)
    yield (
        f"Holds to {CONSTRAINTS[problem.name]} by a penalty of {method.penalty:g} times the bound above "
        "which no choice that breaks a constraint is the best one."
    )
    yield (
        f"Trains a quantum approximate optimisation circuit of {method.layers} layers on {spec.qubits} "
        f"qubits, {QUBITS_FOR[problem.name]}, from {method.restarts} starts of at most {method.iterations} "
        "steps, by an exact simulation of the quantum states."
    )
    yield (
        f"Takes the best of {spec.shots} measurements, beside simulated annealing ({method.annealing_reads} "
        f"reads of {method.annealing_sweeps} sweeps), a greedy choice, as many random choices that keep the "
        f"constraints, and the exact answer; all of it for {method.seeds} seeds from {spec.seed} on."
    )
    yield from exact_noise_in_words(spec)
    yield _carried(spec)


def _rows(spec: QuboSpec, columns: str) -> str:
    read = spec.datasets[0].columns
    if not isinstance(read, EdgeColumns):
        return f"each row is a period, with the returns of {spec.qubits} assets in {columns}."
    edges = f"each row is an edge between {read.source!r} and {read.target!r}"
    match spec.algorithm.problem:
        case VertexCover():
            return f"{edges} of a graph of {spec.qubits} nodes."
        case ChannelAssignment(channels=channels):
            weight = f"in {read.weight!r}" if read.weight else "1 each"
            return f"{edges} of a graph of {spec.qubits // channels} nodes, their interference {weight}."
        case Route():
            length = f"of the length in {read.weight!r}" if read.weight else "of length 1"
            return f"{edges} that can be gone both ways, {length}."
        case Portfolio():
            raise TypeError("a portfolio has no edges")


def _carried(spec: QuboSpec) -> str:
    if isinstance(spec.algorithm.problem, Portfolio):
        return "The model holds the mean return of each asset and all covariances."
    return "The model holds the whole graph: every edge is in the angles of its circuit."
