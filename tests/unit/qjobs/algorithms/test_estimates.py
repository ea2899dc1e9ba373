"""Thirty specs of all five algorithms, and ten of every kind that no figure was set by: what the estimate
tells before the vote, and what the run takes."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_wine
from threadpoolctl import threadpool_limits

from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.rows import TableBytes
from qjobs.spec import JobSpec, build_spec, estimate
from tests.vectors.qjobs.choices import PROBLEMS, choice_fields
from tests.vectors.qjobs.energies import energy_fields
from tests.vectors.qjobs.graphs import edges_csv, graph_fields
from tests.vectors.qjobs.machines import machine_fields, marks_csv, numbers_csv, three_classes_csv
from tests.vectors.qjobs.reductions import reduction_fields
from tests.vectors.qjobs.specs import spec_fields
from tests.vectors.qjobs.trained import qnn_fields, regression_fields

LIMITS = {"run_seconds": 3600, "memory_bytes": 2**33}
ROOT = Path(__file__).resolve().parents[4]
FIGURES = ROOT / "build" / "estimates.json"
Case = tuple[dict[str, Any], bytes]


def rows_csv(rows: int, columns: int, *, has_label: bool = True) -> bytes:
    dice = np.random.default_rng(rows + columns)
    names = [f"x{number}" for number in range(columns)]
    lines = [",".join([*names, *(["target"] if has_label else [])])]
    for number in range(rows):
        values = [repr(float(each)) for each in dice.normal(0.7 * (number % 2), 1.0, columns)]
        lines.append(",".join([*values, *([str(number % 2)] if has_label else [])]))
    return "\n".join([*lines, ""]).encode()


def kernel_machine(rows: int, qubits: int, **changes: Any) -> Case:
    content = rows_csv(rows, qubits)
    return spec_fields(content, qubits=qubits, limits=LIMITS, **changes), content


def directions(rows: int, qubits: int, **changes: Any) -> Case:
    content = rows_csv(rows, qubits, has_label=False)
    columns = {"features": [f"x{number}" for number in range(qubits)]}
    dataset = {**reduction_fields(content)["datasets"][0], "columns": columns}
    return reduction_fields(content, qubits=qubits, datasets=[dataset], limits=LIMITS, **changes), content


def circuit(rows: int, qubits: int, *, regress: bool = False, **changes: Any) -> Case:
    content = rows_csv(rows, qubits)
    made = regression_fields if regress else qnn_fields
    return made(content, qubits=qubits, limits=LIMITS, **changes), content


def energy(qubits: int, **changes: Any) -> Case:
    return energy_fields(qubits=qubits, limits=LIMITS, **changes), b""


def cut(qubits: int, **algorithm: Any) -> Case:
    content = edges_csv([(a, b, 1.0) for a, b in combinations(range(qubits), 2) if (a + b) % 3])
    method = {"name": "qaoa", **algorithm}
    return graph_fields(content, qubits=qubits, algorithm=method, limits=LIMITS), content


def adam(iterations: int, layers: int, **changes: Any) -> dict[str, Any]:
    optimiser = {"name": "adam", "iterations": iterations, "step": 0.1}
    return {"layers": {"count": layers}, "optimiser": optimiser, **changes}


CASES: dict[str, Case] = {
    "qsvm 120x2": kernel_machine(120, 2),
    "qsvm 200x4": kernel_machine(200, 4),
    "qsvm 300x6": kernel_machine(300, 6),
    "qsvm 250x8": kernel_machine(250, 8),
    "qsvm 200x10": kernel_machine(200, 10),
    "qsvm 400x4 three splits": kernel_machine(400, 4, splits={"count": 3}),
    "qsvm 250x5 angle": kernel_machine(250, 5, feature_map={"name": "angle"}),
    "qsvm 250x5 one reduced baseline": kernel_machine(
        250, 5, baselines={"models": ["rbf"], "features": ["reduced"]}
    ),
    "qpca 200x3": directions(200, 3),
    "qpca 300x5": directions(300, 5),
    "qpca 250x7": directions(250, 7, algorithm={"name": "qpca", "phase_qubits": 4}),
    "qpca 300x2 no phase": directions(300, 2, algorithm={"name": "qpca", "phase_qubits": 0}),
    "qpca 400x4 three splits": directions(400, 4, splits={"count": 3}),
    "qpca 200x6 four components": directions(200, 6, algorithm={"name": "qpca", "components": 4}),
    "qnn 200x3": circuit(200, 3, algorithm=adam(60, 2)),
    "qnn 300x4": circuit(300, 4, algorithm=adam(60, 3)),
    "qnn 150x6": circuit(150, 6, algorithm=adam(40, 3)),
    "qnn 100x8": circuit(100, 8, algorithm=adam(20, 3)),
    "qnn 200x4 regress": circuit(200, 4, regress=True, algorithm=adam(60, 2)),
    "qnn 200x4 batches": circuit(200, 4, algorithm=adam(150, 3, batch_size=32)),
    "vqe 6": energy(6, algorithm={"name": "vqe", "restarts": 4}),
    "vqe 8": energy(8, algorithm={"name": "vqe", "restarts": 3}),
    "vqe 10": energy(10, algorithm={"name": "vqe", "restarts": 2}),
    "vqe 6 three states": energy(6, algorithm={"name": "vqe", "restarts": 2, "states": 3}),
    "vqe 8 adam": energy(
        8, algorithm={"name": "vqe", "restarts": 2, "optimiser": {"name": "adam", "iterations": 150}}
    ),
    "vqe 6 noise": energy(6, algorithm={"name": "vqe", "restarts": 2}, noise={}),
    "qaoa 8": cut(8, layers=3, restarts=6),
    "qaoa 12": cut(12, layers=3, restarts=4),
    "qaoa 14": cut(14, layers=2, restarts=3),
    "qaoa 10 six layers": cut(10, layers=6, restarts=4),
}


def machine(content: bytes, task: str, **changes: Any) -> Case:
    return machine_fields(content, task, limits=LIMITS, **changes), content


def noisy(case: Case) -> Case:
    fields, content = case
    return {**fields, "noise": {}}, content


HELD_OUT: dict[str, Case] = {
    "qsvm 160x3 reuploading": kernel_machine(160, 3, feature_map={"name": "reuploading", "reps": 2}),
    "classify wine calibrated": machine(
        three_classes_csv(load_wine),
        "classify",
        qubits=4,
        algorithm={"is_calibrated": True, "c_grid": [0.3, 3, 30]},
        baselines={},
    ),
    "regress diabetes": machine(
        numbers_csv(300), "regress", qubits=3, algorithm={"epsilon_grid": [0.05, 0.2]}
    ),
    "detect tumours": machine(
        marks_csv(), "detect", qubits=5, splits={"count": 4, "test_fraction": 0.25, "seed": 1}
    ),
    "qpca 140x4 pauli": directions(140, 4, feature_map={"name": "pauli", "paulis": ["Z", "XY"], "reps": 1}),
    "qnn 120x5 l-bfgs": circuit(
        120,
        5,
        algorithm={
            "layers": {"name": "strongly-entangling", "count": 2},
            "optimiser": {"name": "l-bfgs", "iterations": 40},
        },
    ),
    "vqe 7 heisenberg": energy(
        7,
        hamiltonian={"source": "lattice", "model": "heisenberg"},
        algorithm={"name": "vqe", "restarts": 2},
    ),
    "vqe hydrogen ucc-sd": energy(
        4,
        hamiltonian={"source": "molecule"},
        ansatz={"name": "ucc-sd"},
        algorithm={"name": "vqe", "restarts": 2},
    ),
    "cut 9 five layers noise": noisy(cut(9, layers=5, restarts=3)),
    "route 10 three seeds": (
        choice_fields("route", method={"layers": 3, "restarts": 3, "seeds": 3}, limits=LIMITS),
        PROBLEMS["route"][0],
    ),
}


@pytest.fixture(scope="module")
def start_seconds() -> float:
    """CPU time of a child before it reads its spec."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", "import qjobs.runner.job"], check=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.fixture(scope="module")
def figures() -> Iterator[dict[str, dict[str, float]]]:
    """What each run took and was told to take, kept in build/estimates.json."""
    found: dict[str, dict[str, float]] = {}
    yield found
    FIGURES.parent.mkdir(exist_ok=True)
    known = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    FIGURES.write_text(json.dumps(known | found, indent=1) + "\n")


def test_there_are_thirty_specs_of_all_five_algorithms():
    assert len(CASES) == 30
    assert {fields.get("algorithm", {}).get("name", "qsvm") for fields, _ in CASES.values()} == {
        "qsvm",
        "qpca",
        "qnn",
        "vqe",
        "qaoa",
    }


@pytest.mark.deep
@pytest.mark.parametrize("name", [*CASES, *HELD_OUT])
def test_estimate_is_within_two_of_what_the_run_takes(name, start_seconds, figures):
    fields, content = (CASES | HELD_OUT)[name]
    spec: JobSpec = build_spec(fields)
    algorithm = algorithm_of(spec)
    data = algorithm.load(spec, {1: TableBytes(content)} if content else {})
    told = estimate(spec, len(data)).cpu_seconds

    with threadpool_limits(limits=1):
        started = time.process_time()
        algorithm.run(spec, data, ignore_progress, never_cancel)
        taken = start_seconds + time.process_time() - started

    figures[name] = {"told": round(told, 2), "taken": round(taken, 2), "ratio": round(told / taken, 2)}
    assert taken / 2 <= told <= 2 * taken
