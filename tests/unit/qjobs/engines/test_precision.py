"""Single precision, and arrays of another library."""

from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from qiskit.circuit.library import zz_feature_map

from qjobs.engines.gradients import value_gradients
from qjobs.engines.observables import PauliSum
from qjobs.engines.statevector import SINGLE, StatevectorEngine
from qjobs.engines.steps import as_numpy
from tests.unit.qjobs.engines.circuits import turning_circuits

DOUBLES, SINGLES = StatevectorEngine(), StatevectorEngine(precision=SINGLE)


@pytest.mark.parametrize("qubits", [4, 10])
def test_kernels_in_single_precision_are_as_near_as_stated(qubits):
    program = SINGLES.compile(zz_feature_map(qubits))
    rows = np.random.default_rng(qubits).uniform(0, 1, (150, qubits))

    gram, cross = SINGLES.gram(program, rows), SINGLES.cross_gram(program, rows[:20], rows)

    exact = DOUBLES.gram(program, rows)
    assert program.states(rows, np.complex64).dtype == np.complex64
    assert np.abs(gram - exact).max() < SINGLE.error
    assert np.abs(cross - exact[:20]).max() < SINGLE.error
    assert (np.diagonal(gram) == 1).all()
    assert SINGLES.memory_bytes(qubits, 150) < DOUBLES.memory_bytes(qubits, 150)


def test_overlaps_squared_are_the_kernel():
    program = DOUBLES.compile(zz_feature_map(3))
    rows = np.random.default_rng(0).uniform(0, 1, (9, 3))

    overlaps = DOUBLES.overlaps(program, rows[:4], rows)

    assert np.abs(np.abs(overlaps) ** 2 - DOUBLES.cross_gram(program, rows[:4], rows)).max() < 1e-14


class DeviceArray(np.ndarray):
    """Stands for an array on a GPU: no operation takes it together with an array of NumPy."""

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        if any(type(each) is np.ndarray and each.ndim for each in inputs):
            raise TypeError("an array of NumPy meets one of the device")
        if out is not None:
            options["out"] = tuple(each.view(np.ndarray) for each in out)
        done = getattr(ufunc, method)(*[_on_host(each) for each in inputs], **options)
        return done.view(DeviceArray) if isinstance(done, np.ndarray) else done

    def __array_function__(self, function, types, arguments, options):
        raise TypeError(f"{function.__name__} of NumPy is called on an array of the device")

    def get(self):
        return self.view(np.ndarray)


class DeviceLibrary:
    """NumPy's functions, whose arrays are on the device."""

    names: ClassVar[set[str]] = set()

    def __getattr__(self, name):
        function = getattr(np, name)

        def on_device(*arguments, **options):
            if "out" in options:
                options["out"] = _on_host(options["out"])
            done = function(*[_on_host(each) for each in arguments], **options)
            return done.view(DeviceArray) if isinstance(done, np.ndarray) else done

        self.names.add(name)
        return on_device


def _on_host(value):
    return value.view(np.ndarray) if isinstance(value, DeviceArray) else value


@given(turning_circuits())
@settings(max_examples=30, deadline=None)
def test_another_array_library_holds_the_states_and_gives_equal_values_and_slopes(circuit):
    program = DOUBLES.compile(circuit)
    rows = np.random.default_rng(4).uniform(-2, 2, (3, circuit.num_parameters))
    observable = PauliSum.of({"Z" * circuit.num_qubits: 1.0, "Y" + "X" * (circuit.num_qubits - 1): 0.5})

    states = program.states(rows, xp=DeviceLibrary())
    values, slopes = value_gradients(program, rows, [observable], xp=DeviceLibrary())

    assert type(states) is DeviceArray
    assert np.abs(as_numpy(states) - program.states(rows)).max() < 1e-14
    exact = DOUBLES.value_gradients(program, rows, [observable])
    assert np.abs(values - exact[0]).max() < 1e-14
    assert np.abs(slopes - exact[1]).max() < 1e-13
