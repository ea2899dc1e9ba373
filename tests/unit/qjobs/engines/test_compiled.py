"""The loops that numba compiles, run as plain Python here; `deep` compiles them and compares again."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.circuit.library import efficient_su2, real_amplitudes, zz_feature_map

from tests.unit.qjobs.engines.circuits import labelled_sums, turning_circuits

os.environ.setdefault("NUMBA_DISABLE_JIT", "1")  # read when numba is first imported, by the next line

from qjobs.engines.compiled import CompiledProgram, compiled_program, is_available
from qjobs.engines.compiled.tables import can_compile, tables_of
from qjobs.engines.compiled.turns import unit_factors
from qjobs.engines.gradients import value_gradients
from qjobs.engines.observables import PauliSum
from qjobs.engines.shared import loss_gradient
from qjobs.engines.statevector import StatevectorEngine

ENGINE = StatevectorEngine()
ROOT = Path(__file__).parents[4]
KNOWN = {
    "turns": ("p", "ry", "rz"),
    "two_qubit_turns": ("cp", "crz", "rzz"),
    "fixed": ("h", "x", "s", "t"),
}


def looped(program):
    return CompiledProgram(
        program.qubits, program.parameters, program.angles, program.steps, tables_of(program)
    )


@given(turning_circuits(**KNOWN), st.data())
@settings(max_examples=40, deadline=None)
def test_loops_and_numpy_give_equal_states_values_and_slopes(circuit, data):
    plain = ENGINE.compile(circuit)
    if not all(can_compile(step) for step in plain.steps):
        assert compiled_program(plain) is plain
        return
    rows = np.random.default_rng(1).uniform(-2, 2, (3, circuit.num_parameters))
    observable = PauliSum.of(data.draw(labelled_sums(circuit.num_qubits)))

    states = looped(plain).states(rows)
    values, slopes = value_gradients(looped(plain), rows, [observable, observable])

    exact_values, exact_slopes = value_gradients(plain, rows, [observable, observable])
    assert np.abs(states - plain.states(rows)).max() < 1e-13
    assert np.abs(values - exact_values).max() < 1e-12
    assert np.abs(slopes - exact_slopes).max() < 1e-11


@pytest.mark.parametrize("ansatz", [real_amplitudes, efficient_su2])
@pytest.mark.parametrize(("qubits", "rows"), [(3, 3), (3, 9), (4, 5)])
def test_the_gradient_of_a_loss_by_columns_is_numpys(ansatz, qubits, rows):
    program = ENGINE.compile(zz_feature_map(qubits).compose(ansatz(qubits, reps=1)))
    weights = [index for index, name in enumerate(program.parameters) if name.startswith("θ")]
    points = np.random.default_rng(rows).uniform(0, 1, (rows, len(program.parameters)))
    points[:, weights] = points[0, weights]
    observable = PauliSum.of({"Z" * qubits: 1.0, "X" * qubits: 0.2})

    values, gradient = loss_gradient(looped(program), points, observable, weights, lambda each: 2 * each)

    exact_values, exact_gradient = loss_gradient(program, points, observable, weights, lambda each: 2 * each)
    assert np.abs(values - exact_values).max() < 1e-13
    assert np.abs(gradient - exact_gradient).max() < 1e-12


@given(st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_unit_factors_are_numpys_exponentials(angles):
    turns = np.array([angles, [0.0] * len(angles)])

    assert np.abs(unit_factors(turns) - np.exp(1j * turns)).max() < 4e-16


def test_angles_too_large_for_the_loop_are_right_too():
    assert np.array_equal(unit_factors(np.array([1e9])), np.exp(1j * np.array([1e9])))


def test_single_precision_and_unknown_steps_stay_in_numpy():
    program = looped(ENGINE.compile(zz_feature_map(3)))
    turned = ENGINE.compile(efficient_su2(2, su2_gates=["rx"]))
    rows = np.random.default_rng(0).uniform(0, 1, (2, 3))

    assert program.states(rows, np.complex64).dtype == np.complex64
    assert compiled_program(turned) is turned


def test_the_engine_of_a_job_never_imports_numba():
    script = "import sys, qjobs.engines.registry; sys.exit('numba' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


@pytest.mark.deep
@pytest.mark.skipif(not is_available(), reason="numba is not installed: pip install numba")
def test_the_loops_pass_these_tests_compiled_too(request):
    if "deep" not in request.config.option.markexpr:
        pytest.skip("compiling takes 15 seconds: make deep")
    compiled = subprocess.run(
        [sys.executable, "-m", "pytest", __file__, "-k", "numpy", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=os.environ | {"NUMBA_DISABLE_JIT": "0"},
        check=False,
    )

    assert compiled.returncode == 0
