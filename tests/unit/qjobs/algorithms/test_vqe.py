"""Trained energies against exact ones, and what a certificate accepts of a posted artefact."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp, Statevector
from safetensors.numpy import load, save

from qjobs.algorithms.errors import ModelRefused, TrainingCancelled
from qjobs.algorithms.progress import Watch, ignore_progress, never_cancel
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.rows import TableBytes
from qjobs.algorithms.vqe.circuit import trial_circuit
from qjobs.algorithms.vqe.hamiltonian import read_hamiltonian
from qjobs.algorithms.vqe.measuring import noisy_report
from qjobs.algorithms.vqe.model import model_bytes, read_model
from qjobs.algorithms.vqe.training import Landscape, trained_angles
from tests.vectors.qjobs.energies import TERMS, as_energy_spec, energy_spec, terms_fields

VQE = ALGORITHMS["vqe"]
SPEC = energy_spec(qubits=3, noise={}, algorithm={"name": "vqe", "restarts": 2, "states": 2})
HAMILTONIAN = read_hamiltonian(SPEC, {})
SHAPE = {"states": 2, "parameters": 9}
RING = {"source": "lattice", "model": "heisenberg", "periodic": True, "field": 0.0}


def trained(spec, data=None):
    hamiltonian = read_hamiltonian(spec, data or {})
    landscape = Landscape.of(spec, hamiltonian)
    watch = Watch(100, ignore_progress, never_cancel)
    return hamiltonian, landscape, trained_angles(spec, landscape, watch)


@pytest.fixture(scope="module")
def result():
    return VQE.run(SPEC, HAMILTONIAN, ignore_progress, never_cancel)


@pytest.mark.parametrize(
    ("changes", "lowest", "within"),
    [
        # Free fermions (Pfeuty 1970), and a circuit of as many layers as half the ring (Wecker et al. 2015).
        ({"ansatz": {"name": "hardware-efficient", "layers": 3}}, -4.758770483, 1e-7),
        (
            {"qubits": 6, "hamiltonian": RING, "ansatz": {"name": "hamiltonian-variational"}},
            -11.21110255,
            1e-7,
        ),
        # Full configuration interaction by PySCF, of LiH by PennyLane; one Trotter step reaches it for H2 and
        # LiH, not for HeH+.
        ({"hamiltonian": {"source": "molecule"}, "ansatz": {"name": "ucc-sd"}}, -1.1373060358, 1e-8),
        (
            {
                "hamiltonian": {"source": "molecule", "name": "helium-hydride", "bond_angstrom": 0.772},
                "ansatz": {"name": "ucc-sd"},
            },
            -2.8510240300,
            1.6e-3,
        ),
        (
            {
                "qubits": 6,
                "hamiltonian": {"source": "molecule", "name": "lithium-hydride", "bond_angstrom": 3.0},
                "ansatz": {"name": "ucc-sd"},
                "algorithm": {"name": "vqe", "restarts": 1},
            },
            -7.7983634624,
            1e-8,
        ),
        (
            {
                "hamiltonian": {"source": "molecule"},
                "ansatz": {"name": "number-preserving", "occupied": [0, 1], "layers": 3},
                "algorithm": {"name": "vqe", "restarts": 5},
            },
            -1.1373060358,
            1e-6,
        ),
    ],
)
def test_training_reaches_the_known_lowest_energy(changes, lowest, within):
    _, landscape, angles = trained(energy_spec(**changes))

    assert lowest - 1e-8 <= landscape.energies(angles)[0] <= lowest + within
    assert landscape.residual(angles[0], landscape.states(angles[:0])) < 1e-5


@pytest.mark.parametrize(
    ("optimiser", "within"), [({"name": "adam", "step": 0.1}, 0.02), ({"name": "spsa"}, 0.2)]
)
def test_the_other_optimisers_come_near_it(optimiser, within):
    spec = energy_spec(qubits=3, algorithm={"name": "vqe", "restarts": 1, "optimiser": optimiser})

    _, landscape, angles = trained(spec)

    assert landscape.energies(angles)[0] == pytest.approx(-3.4939592074, abs=within)
    assert np.array_equal(angles, trained(spec)[2]), "equal seeds give equal angles"


def test_further_states_are_the_next_exact_ones_and_share_nothing():
    spec = energy_spec(
        ansatz={"name": "hardware-efficient", "layers": 4},
        algorithm={"name": "vqe", "restarts": 2, "states": 3},
    )
    hamiltonian, landscape, angles = trained(spec)

    matrix = SparsePauliOp.from_list(list(hamiltonian.terms.items())).to_matrix()
    assert landscape.energies(angles) == pytest.approx(np.linalg.eigvalsh(matrix)[:3], abs=1e-6)
    states = landscape.states(angles)
    assert np.abs(states.conj() @ states.T - np.eye(3)).max() < 1e-3


def test_slopes_of_the_deflated_energy_are_those_of_finite_differences_and_the_value_is_qiskits():
    spec = energy_spec(qubits=3)
    landscape = Landscape.of(spec, read_hamiltonian(spec, {}))
    dice = np.random.default_rng(5)
    angles, before = dice.normal(size=9), landscape.states(dice.normal(size=(2, 9)))

    loss, slopes = landscape.loss(angles, before)

    state = Statevector(trial_circuit(spec).assign_parameters(angles)).data
    matrix = SparsePauliOp.from_list(list(read_hamiltonian(spec, {}).terms.items())).to_matrix()
    overlaps = np.abs(before.conj() @ state) ** 2
    assert loss * landscape.scale == pytest.approx(
        (state.conj() @ matrix @ state).real + landscape.scale * overlaps.sum(), abs=1e-12
    )
    assert landscape.value(angles, before) == pytest.approx(loss, abs=1e-14)
    for column, step in enumerate(np.eye(9) * 1e-6):
        difference = landscape.value(angles + step, before) - landscape.value(angles - step, before)
        assert slopes[column] == pytest.approx(difference / 2e-6, abs=1e-8)


def test_every_energy_stands_beside_the_exact_one(result):
    metrics = result.metrics

    assert metrics["answers"]["exact"] == pytest.approx(-3.4939592074, abs=1e-9)
    assert metrics["answers"]["vqe"] < metrics["answers"]["product"]
    assert metrics["answers"]["hartree_fock"] is None
    assert [each["exact"] for each in metrics["states"]] == pytest.approx(
        [-3.4939592074, -2.6038754716], abs=1e-9
    )
    assert metrics["states"][0]["variance"] >= -1e-9
    low, high = metrics["sampled"]["interval"]
    assert low - 0.3 < metrics["answers"]["vqe"] < high + 0.3
    assert metrics["verdict_sentence"].startswith(metrics["verdict"].capitalize())


def test_more_shots_narrow_the_interval_at_their_rate():
    widths = {}
    for shots in (100, 10_000):
        spec = energy_spec(qubits=3, shots=shots, algorithm={"name": "vqe", "restarts": 1})
        low, high = VQE.run(spec, HAMILTONIAN, ignore_progress, never_cancel).metrics["sampled"]["interval"]
        widths[shots] = high - low

    assert widths[100] / widths[10_000] == pytest.approx(10, rel=0.25)


def test_noise_raises_the_energy_and_mitigation_takes_most_of_that_back(result):
    noisy, exact = result.metrics["noisy"], result.metrics["answers"]["vqe"]

    assert exact < noisy["readout_mitigated"] < noisy["energy"]
    assert noisy["readout_mitigated"] < noisy["folded"]
    assert abs(noisy["extrapolated"] - exact) < 0.3 * (noisy["energy"] - exact)


def test_a_device_without_errors_shows_the_energy_itself():
    none = {"one_qubit_error": 0.0, "two_qubit_error": 0.0, "readout_error": 0.0}
    spec = energy_spec(hamiltonian={"source": "molecule"}, ansatz={"name": "ucc-sd"}, noise=none)
    hamiltonian, landscape, angles = trained(spec)

    report = noisy_report(spec, hamiltonian, angles[0])

    for name in ("energy", "readout_mitigated", "folded", "extrapolated"):
        assert report[name] == pytest.approx(float(landscape.energies(angles)[0]), abs=1e-9)


def test_a_poor_circuit_loses_and_a_sufficient_one_does_not():
    poor = energy_spec(ansatz={"name": "hardware-efficient", "layers": 1}, hamiltonian=RING)
    good = energy_spec(ansatz={"name": "hamiltonian-variational", "layers": 2}, hamiltonian=RING)

    verdicts = [
        VQE.run(each, read_hamiltonian(each, {}), ignore_progress, never_cancel).metrics["verdict"]
        for each in (poor, good)
    ]

    assert verdicts == ["classical wins", "no difference shown"]


def test_a_dataset_and_the_built_in_chain_give_one_energy():
    chain = energy_spec(qubits=2, hamiltonian={"source": "lattice", "field": 0.5})
    dataset = as_energy_spec(terms_fields())

    energies = [
        VQE.run(spec, VQE.load(spec, data), ignore_progress, never_cancel).metrics["answers"]["vqe"]
        for spec, data in ((chain, {}), (dataset, {1: TableBytes(TERMS)}))
    ]

    assert energies == pytest.approx([-(2**0.5)] * 2, abs=1e-9)


def test_the_model_goes_through_its_file_bit_for_bit(result):
    model = read_model(result.files["model.safetensors"], **SHAPE)

    assert model_bytes(model) == result.files["model.safetensors"]
    assert Landscape.of(SPEC, HAMILTONIAN).energies(model.angles).tobytes() == model.energies.tobytes()


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"angles": np.zeros((2, 8))}, "of shape"),
        ({"energies": np.zeros(2, dtype=np.float32)}, "float32"),
        ({"angles": np.full((2, 9), np.nan)}, "no finite number"),
        ({"more": np.zeros(1)}, "arrays"),
    ],
)
def test_a_file_that_is_no_model_of_this_spec_is_refused(result, arrays, words):
    block = save({**load(result.files["model.safetensors"]), **arrays})

    with pytest.raises(ModelRefused, match=words):
        read_model(block, **SHAPE)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_bytes_of_strangers_are_refused_and_nothing_worse(block):
    with pytest.raises(ModelRefused):
        read_model(block, **SHAPE)


def certified(files):
    return {each.field: each.agrees for each in VQE.certify(SPEC, HAMILTONIAN, files, ignore_progress)}


def test_an_honest_artefact_agrees_in_every_file(result):
    findings = certified(result.files)

    assert all(findings.values())
    named = {"preprocessing.json", "circuit.qasm", "metrics.json", "README.md", "model.safetensors energies"}
    states = {f"model.safetensors state {each} {of}" for each in (0, 1) for of in ("optimality", "energy")}
    assert named | states == set(findings)


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("angles", lambda angles: angles + 0.01, "model.safetensors state 0 optimality"),
        ("angles", np.zeros_like, "model.safetensors state 0 energy"),
        ("angles", lambda angles: angles[[0, 0]], "model.safetensors state 1 energy"),
        ("energies", lambda energies: energies - 1e-6, "model.safetensors energies"),
    ],
)
def test_a_model_that_was_not_trained_so_is_found(result, name, change, field):
    arrays = load(result.files["model.safetensors"])
    arrays[name] = np.ascontiguousarray(change(arrays[name]))

    assert certified({"model.safetensors": save(arrays)})[field] is False


def test_a_training_cut_short_may_end_a_little_elsewhere_and_no_further():
    method = {"name": "vqe", "restarts": 1, "optimiser": {"name": "l-bfgs", "iterations": 8}}
    spec = energy_spec(qubits=3, algorithm=method)
    files = VQE.run(spec, HAMILTONIAN, ignore_progress, never_cancel).files
    arrays = load(files["model.safetensors"])

    def agreed(moved):
        block = save({**arrays, "angles": arrays["angles"] + moved})
        findings = VQE.certify(spec, HAMILTONIAN, {"model.safetensors": block}, ignore_progress)
        return {each.field.removeprefix("model.safetensors state 0 "): each.agrees for each in findings}

    near, far = agreed(1e-4), agreed(0.3)

    assert near["optimality"]
    assert near["energy"]
    assert not far["energy"]


@pytest.mark.parametrize(
    "path",
    [
        ("answers", "product"),
        ("states", 1, "exact"),
        ("sampled", "energy"),
        ("noisy", "extrapolated"),
        ("one_norm",),
    ],
)
def test_a_lie_in_one_number_is_found_and_named(result, path):
    metrics = json.loads(result.files["metrics.json"])
    place = metrics
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] += 1e-6

    findings = certified({**result.files, "metrics.json": json.dumps(metrics).encode()})

    named = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path)[1:]
    assert {field for field, agrees in findings.items() if not agrees} == {f"metrics.json {named}"}


def test_a_training_that_was_stopped_goes_on_and_ends_with_the_same_bytes(result, tmp_path):
    file, events = tmp_path / "checkpoint.safetensors", []
    with pytest.raises(TrainingCancelled):
        VQE.resume(SPEC, HAMILTONIAN, events.append, lambda: len(events) > 0 and events[-1].step == 3, file)

    asked = {"again": 0, "anew": 0}

    def counted(run):
        asked[run] += 1
        return False

    again = VQE.resume(SPEC, HAMILTONIAN, ignore_progress, lambda: counted("again"), file)
    VQE.run(SPEC, HAMILTONIAN, ignore_progress, lambda: counted("anew"))

    unmatched = {name for name in result.files if again.files[name] != result.files[name]}
    assert unmatched <= {"circuit.qpy"}
    assert 5 < asked["again"] < asked["anew"] / 2, "one of four starts is trained, three are not repeated"


@pytest.mark.parametrize("block", [b"", b"x" * 50, save({"state_0_start_00": np.zeros(9)})])
def test_a_checkpoint_that_is_not_this_specs_is_not_gone_on_from(result, block, tmp_path):
    file = tmp_path / "checkpoint.safetensors"
    file.write_bytes(block)

    again = VQE.resume(SPEC, HAMILTONIAN, ignore_progress, never_cancel, file)

    assert again.files["model.safetensors"] == result.files["model.safetensors"]


def test_a_caller_who_wants_no_more_is_heard_within_one_step():
    asked = []

    def cancel():
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(TrainingCancelled):
        VQE.run(SPEC, HAMILTONIAN, ignore_progress, cancel)
    assert len(asked) == 4


def test_progress_names_each_state_and_tells_of_its_steps():
    events = []
    spec = energy_spec(algorithm={"name": "vqe", "restarts": 1, "states": 2})

    VQE.run(spec, read_hamiltonian(spec, {}), events.append, never_cancel)

    assert events[-1].step == events[-1].steps == 3
    assert [each.metric is None for each in events if "start" in each.message] == [False, False]
    assert any(each.message.startswith("step 25, energy -") for each in events)
