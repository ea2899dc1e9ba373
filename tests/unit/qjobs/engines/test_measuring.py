"""Counts on simulated devices, and the chances that they are judged by."""

import numpy as np
import pytest
from qiskit import QuantumCircuit

from qjobs.algorithms.acceptance import ERROR_RATE, acceptance
from qjobs.engines.ibm import ibm_device, open_backend
from qjobs.engines.measuring import AerMeter, RuntimeMeter, open_meter
from qjobs.spec.noise import AerDevice, Noise, RuntimeDevice
from tests.vectors.qjobs.measured import overlap

SHOTS = 1000
METERS = {
    "no errors": AerMeter(),
    "aer": AerMeter(Noise(two_qubit_error=0.03)),
    "fake_manila": RuntimeMeter("fake_manila"),
}


@pytest.fixture(params=METERS)
def meter(request):
    return METERS[request.param]


def test_counts_are_drawn_by_the_chances_of_their_device_and_of_no_other(meter):
    circuit, rows = overlap(qubits=3, rows=12)
    counts = meter.counts(circuit, rows, SHOTS, (7,))

    assert counts.shape == (12, 8)
    assert (counts.sum(axis=1) == SHOTS).all()
    for name, other in METERS.items():
        is_passed = acceptance([counts], [other.chances(circuit, rows)]).p_value > ERROR_RATE
        assert is_passed == (other is meter), name


def test_the_seed_and_the_row_decide_the_counts(meter):
    circuit, rows = overlap(qubits=2, rows=1)
    twice = np.repeat(rows, 2, axis=0)

    first, again, other = (meter.counts(circuit, twice, SHOTS, seed) for seed in ((1,), (1,), (2,)))

    assert (first == again).all()
    assert (first != other).any()
    assert (first[0] != first[1]).any()


def test_readout_is_measured_where_the_circuit_ends(meter):
    circuit, _ = overlap(qubits=3, rows=1)

    counts, chances = meter.readout_counts(circuit, SHOTS, (3,)), meter.readout_chances(circuit)

    assert acceptance([counts], [chances]).p_value > ERROR_RATE
    assert chances[0, 0] > 0.8
    assert chances[1, -1] > 0.7
    assert (meter is METERS["no errors"]) == (chances[0, 0] == 1.0)


def test_the_sampler_of_qiskit_runtime_draws_by_the_same_chances():
    circuit, rows = overlap(qubits=2, rows=3)
    device = ibm_device(open_backend("fake_manila"))
    measured = circuit.copy()
    measured.measure_all()

    outcomes = device.sampler(5).run([(device.prepare(measured), rows)], shots=SHOTS).result()[0].data.meas
    counts = np.array([np.bincount(each, minlength=4) for each in outcomes.array[..., -1]])

    assert acceptance([counts], [METERS["fake_manila"].chances(circuit, rows)]).p_value > ERROR_RATE


def test_bits_keep_their_qubits_on_a_device_that_routes_them():
    circuit = QuantumCircuit(4)
    circuit.x(2)
    circuit.cx(2, 0)
    circuit.cx(0, 2)
    circuit.cx(3, 1)

    chances = METERS["fake_manila"].chances(circuit, np.empty((1, 0)))

    assert int(chances[0].argmax()) == 0b0001


def test_a_spec_names_its_device():
    assert isinstance(open_meter(AerDevice()), AerMeter)
    assert isinstance(open_meter(RuntimeDevice(backend="fake_jakarta")), RuntimeMeter)
