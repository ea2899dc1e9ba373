"""A job spec in words, for the request page and for the proposal that members vote on."""

from collections.abc import Callable, Mapping
from typing import Any

from qjobs.rules.choice_words import choice_job_in_words
from qjobs.rules.energy_words import energy_job_in_words
from qjobs.rules.machine_words import machine_job_in_words
from qjobs.rules.noise_words import exact_noise_in_words, noise_in_words
from qjobs.rules.qnn_words import qnn_job_in_words
from qjobs.rules.reduction_words import reduction_job_in_words
from qjobs.spec import (
    EnergySpec,
    GraphSpec,
    JobSpec,
    LearningSpec,
    MachineSpec,
    QnnSpec,
    QuboSpec,
    ReductionSpec,
    TableSpec,
)
from qjobs.spec.feature_maps import AngleFeatureMap, AnyFeatureMap, PauliFeatureMap

ALGORITHMS = {
    "qsvm": "quantum-kernel support vector machine",
    "qaoa": "quantum approximate optimisation circuit",
    "vqe": "variational quantum eigensolver",
    "qnn": "trained quantum circuit",
    "qpca": "quantum principal component analysis",
}
ENGINES = {
    "statevector": "an exact simulation of the quantum states",
    "aer": "measurements that Qiskit Aer simulates",
    "ibm-runtime": "measurements on a fake backend of Qiskit Runtime",
}
MAX_NAMED_COLUMNS = 6


def spec_in_words(spec: JobSpec) -> list[str]:
    """What the job does, one sentence a line; nothing that decides the result is left out."""
    return [*_WORDS[type(spec)](spec), *_groups_in_words(spec), *noise_in_words(spec), _limits_in_words(spec)]


def _machine_job_in_words(spec: MachineSpec) -> list[str]:
    columns = _columns_in_words(spec.datasets[0].columns.features)
    return machine_job_in_words(spec, columns, feature_map_in_words(spec.feature_map))


def _reduction_job_in_words(spec: ReductionSpec) -> list[str]:
    columns = _columns_in_words(spec.datasets[0].columns.features)
    return reduction_job_in_words(spec, columns, feature_map_in_words(spec.feature_map))


def _choice_job_in_words(spec: QuboSpec) -> list[str]:
    return choice_job_in_words(spec, _columns_in_words(spec.datasets[0].columns.names))


def _learning_in_words(spec: LearningSpec) -> list[str]:
    columns = spec.datasets[0].columns
    datasets = " and ".join(f"dataset {one.token_id} version {one.version}" for one in spec.datasets)
    algorithm, prepared = spec.algorithm, spec.preprocessing
    return [
        f"Reads {datasets}: {_columns_in_words(columns.features)}, to predict {columns.label!r} being "
        f"{columns.positive_label!r}.",
        f"Standardises them and reduces them to {spec.qubits} principal components, fitted inside each "
        f"training part only, scaled to angles from {prepared.angle_low:g} to {prepared.angle_high:g}.",
        f"Trains a {ALGORITHMS.get(algorithm.name, algorithm.name)} on {spec.qubits} qubits with the "
        f"{feature_map_in_words(spec.feature_map)}, by {ENGINES.get(spec.engine, spec.engine)}.",
        f"Chooses C from {_grid(algorithm.c_grid)} and the bandwidth from {_grid(algorithm.bandwidth_grid)} "
        f"by {algorithm.inner_folds}-fold cross-validation inside the training part.",
        f"Measures it on {spec.splits.count} random splits with {spec.splits.test_fraction:.0%} of the rows "
        f"held out (seed {spec.splits.seed}), beside {' and '.join(spec.baselines.models)} support vector "
        f"machines on {' and '.join(spec.baselines.features)} features.",
    ]


def _graph_job_in_words(spec: GraphSpec) -> list[str]:
    dataset, method = spec.datasets[0], spec.algorithm
    columns = dataset.columns
    weights = f"weights in {columns.weight!r}" if columns.weight else "all of weight 1"
    return [
        f"Reads dataset {dataset.token_id} version {dataset.version} as a graph of {spec.qubits} nodes: each "
        f"row is an edge from {columns.source!r} to {columns.target!r}, {weights}.",
        "Parts the nodes in two so that the edges between the parts weigh as much as possible (max-cut).",
        f"Trains a {ALGORITHMS[method.name]} of {method.layers} layers on {spec.qubits} qubits, one a node, "
        f"from {method.restarts} starts of at most {method.iterations} steps, by {ENGINES[spec.engine]}.",
        f"Takes the best of {spec.shots} measurements, beside greedy flips, simulated annealing "
        f"({method.annealing_reads} reads of {method.annealing_sweeps} sweeps), as many random partitions "
        "and the exact answer.",
        *exact_noise_in_words(spec),
        "The model holds the whole graph: every edge is a gate of its circuit.",
    ]


def _groups_in_words(spec: JobSpec) -> list[str]:
    columns = spec.group_columns if isinstance(spec, TableSpec | ReductionSpec) else ()
    named = f"Tells its score for each value of {_columns_in_words(columns)} that at least 10 test rows have."
    return [named] if columns else []


def _limits_in_words(spec: JobSpec) -> str:
    return (
        f"Stops after {spec.limits.run_seconds} s or beyond {spec.limits.memory_bytes / 2**30:.1f} GiB of "
        f"memory; seed {spec.seed}."
    )


def feature_map_in_words(feature_map: AnyFeatureMap) -> str:
    """The map's name and what decides its shape."""
    if isinstance(feature_map, AngleFeatureMap):
        return f"angle feature map (one rotation about {feature_map.axis} a qubit)"
    strings = f" with {', '.join(feature_map.paulis)}" if isinstance(feature_map, PauliFeatureMap) else ""
    return (
        f"{feature_map.name} feature map{strings} ({feature_map.reps} repetitions, "
        f"{feature_map.entanglement} entanglement)"
    )


def proposal_text(*, job_id: int, spec_digest: str, spec: JobSpec | None, note: str) -> str:
    """The description of the proposal to approve a job; the digest in it is what the calldata binds."""
    title = f"Run job {job_id}" + (f": {spec.title}" if spec is not None and spec.title else "")
    parts = [f"# {title}"]
    if note.strip():
        parts.append(note.strip())
    if spec is None:
        parts.append(
            "The spec's bytes are not at hand on this site: nobody here can say what this job would do."
        )
    else:
        parts.append("\n".join(f"- {line}" for line in spec_in_words(spec)))
    parts.append(f"Spec: {spec_digest}")
    return "\n\n".join(parts)


def _columns_in_words(names: tuple[str, ...]) -> str:
    if len(names) <= MAX_NAMED_COLUMNS:
        return f"the columns {', '.join(names)}"
    return f"{len(names)} columns ({', '.join(names[:3])}, ...)"


def _grid(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values)


_WORDS: Mapping[type[JobSpec], Callable[[Any], list[str]]] = {
    LearningSpec: _learning_in_words,
    MachineSpec: _machine_job_in_words,
    GraphSpec: _graph_job_in_words,
    QuboSpec: _choice_job_in_words,
    EnergySpec: energy_job_in_words,
    ReductionSpec: _reduction_job_in_words,
    QnnSpec: qnn_job_in_words,
}
"""All but the limits, by the kind of spec."""
