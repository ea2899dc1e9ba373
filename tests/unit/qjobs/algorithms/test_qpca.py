"""Components of kernels and of the mean state against matrices, scikit-learn and a circuit."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import DensityMatrix, Statevector
from safetensors.numpy import load, save
from scipy.linalg import expm
from sklearn.decomposition import PCA, KernelPCA

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.errors import DatasetRefused, ModelRefused, TrainingCancelled
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.qpca.components import KernelComponents, held_out
from qjobs.algorithms.qpca.density import exponentiation_error, mean_state, peaks, phase_distribution
from qjobs.algorithms.qpca.model import model_bytes, project_qpca, read_model, read_preprocessing
from qjobs.algorithms.qpca.rows import read_features
from qjobs.algorithms.qpca.training import train
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.rows import TableBytes
from qjobs.engines.statevector import StatevectorEngine
from qjobs.rules.dataset_terms import Terms, terms_problem
from qjobs.rules.spec_words import spec_in_words
from qjobs.spec import SpecRefused, build_spec, canonical_bytes, estimate, read_spec, request_of
from tests.vectors.qjobs.reductions import FLOWERS, flowers_csv, reduction_fields, reduction_spec

QPCA = ALGORITHMS["qpca"]
SPEC = reduction_spec()
ROWS = read_features(SPEC, {1: TableBytes(FLOWERS)})
SHAPE = {"components": 2, "qubits": 2}
ANGLES = np.random.default_rng(2).uniform(-1, 1, size=(30, 2))
STATES = StatevectorEngine().compile(feature_map_circuit(2, SPEC.feature_map)).states(ANGLES)


@pytest.fixture(scope="module")
def result():
    return QPCA.run(SPEC, ROWS, ignore_progress, never_cancel)


def random_gram(rows=25, seed=1):
    points = np.random.default_rng(seed).normal(size=(rows + 10, 3))
    squares = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    return np.exp(-squares / 4)


def test_components_of_a_kernel_are_those_of_scikit_learn():
    kernel = random_gram()
    theirs = KernelPCA(3, kernel="precomputed").fit(kernel[:25, :25])

    ours = KernelComponents.of(kernel[:25, :25], 3)

    assert ours.eigenvalues == pytest.approx(theirs.eigenvalues_ / 25, abs=1e-12)
    expected, found = theirs.transform(kernel[25:, :25]), ours.coordinates(kernel[25:, :25])
    assert np.abs(np.abs(found) - np.abs(expected)).max() < 1e-9
    assert 0 < ours.shares.sum() < 1


def test_a_linear_kernel_gives_principal_components_and_their_reconstruction():
    dice = np.random.default_rng(4)
    rows = dice.normal(size=(60, 4)) * [3, 2, 1, 0.5]
    train_rows, test_rows = rows[:40] - rows[:40].mean(axis=0), rows[40:] - rows[:40].mean(axis=0)
    components = KernelComponents.of(train_rows @ train_rows.T, 2)
    pca = PCA(2).fit(train_rows)

    found = held_out(
        components.coordinates(train_rows @ train_rows.T),
        components.coordinates(test_rows @ train_rows.T),
        train_rows,
        test_rows,
    )

    assert components.shares == pytest.approx(pca.explained_variance_ratio_, abs=1e-12)
    left = test_rows - pca.inverse_transform(pca.transform(test_rows))
    assert found.missed == pytest.approx((left**2).sum(axis=1), abs=1e-12)
    assert found.error == pytest.approx((left**2).sum() / (test_rows**2).sum(), abs=1e-12)


def test_more_components_than_the_kernel_has_are_refused_with_the_number():
    points = np.random.default_rng(0).normal(size=(20, 2))

    with pytest.raises(DatasetRefused, match="have 2 components in the kernel; the spec asks for 3"):
        KernelComponents.of(points @ points.T, 3)


def test_the_mean_state_has_the_spectrum_of_the_overlaps():
    gram = np.abs(STATES.conj() @ STATES.T) ** 2

    found = np.linalg.eigvalsh(mean_state(STATES))
    # |<a|b>|**2 is the overlap of two density matrices, <a|b> that of two states.
    overlaps = np.linalg.eigvalsh(STATES.conj() @ STATES.T / len(STATES))[-4:]

    assert found == pytest.approx(overlaps, abs=1e-12)
    assert (found**2).sum() == pytest.approx(gram.mean(), abs=1e-12)
    assert np.abs(DensityMatrix(mean_state(STATES)).trace() - 1) < 1e-12


def test_phase_estimation_is_that_of_its_circuit():
    ancillas, rho = 3, mean_state(STATES)
    unitary = expm(2j * np.pi * (1 - 2**-ancillas) * rho)
    circuit = QuantumCircuit(ancillas + 2)
    circuit.h(range(ancillas))
    for bit in range(ancillas):
        power = UnitaryGate(np.linalg.matrix_power(unitary, 2**bit)).control(1)
        circuit.append(power, [bit, ancillas, ancillas + 1])
    for bit in range(ancillas // 2):
        circuit.swap(bit, ancillas - 1 - bit)
    for bit in range(ancillas):
        for earlier in range(bit):
            circuit.cp(-np.pi / 2 ** (bit - earlier), earlier, bit)
        circuit.h(bit)
    expected = np.zeros(2**ancillas)
    for state in STATES[:4]:
        start = Statevector(np.kron(state, np.eye(2**ancillas)[0]))
        expected += start.evolve(circuit).probabilities(range(ancillas)) / 4

    found = phase_distribution(STATES[:4], ancillas, rho)

    assert np.abs(found - expected).max() < 1e-9


@pytest.mark.parametrize("qubits", [4, 6, 8])
def test_peaks_are_the_eigenvalues_within_the_resolution(qubits):
    states = np.zeros((10, 4), dtype=np.complex128)
    for number, state in enumerate([0, 0, 0, 0, 0, 0, 1, 1, 1, 2]):
        states[number, state] = 1.0

    chances = phase_distribution(states, qubits, mean_state(states))
    found = peaks(chances)

    assert chances.sum() == pytest.approx(1, abs=1e-12)
    assert len(found) >= 2
    for wanted, each in zip((0.6, 0.3, 0.1), found, strict=False):
        assert each["eigenvalue"] == pytest.approx(wanted, abs=1 / (2**qubits - 1))


def test_more_copies_imitate_the_evolution_better_at_the_rate_of_the_paper():
    rho = mean_state(STATES)
    sigma = np.zeros((4, 4), dtype=complex)
    sigma[0, 0] = 1
    swap = np.eye(16).reshape(4, 4, 4, 4).transpose(1, 0, 2, 3).reshape(16, 16)
    turn = expm(-1j * swap / 7)
    for _ in range(7):
        joint = turn @ np.kron(rho, sigma) @ turn.conj().T
        sigma = np.einsum("abac->bc", joint.reshape(4, 4, 4, 4))
    exact = expm(-1j * rho) @ np.diag([1, 0, 0, 0]) @ expm(1j * rho)
    distance = np.abs(np.linalg.eigvalsh(sigma - exact)).sum() / 2

    assert exponentiation_error(rho, 7) == pytest.approx(distance, abs=1e-12)
    assert exponentiation_error(rho, 100) / exponentiation_error(rho, 1000) == pytest.approx(10, rel=0.05)


def test_every_model_stands_beside_the_others_on_the_same_splits(result):
    metrics = result.metrics

    assert set(metrics["models"]) == {"quantum", "pca_all", "rbf_reduced", "rbf_all"}
    assert all(set(split) == set(metrics["models"]) for split in metrics["splits"])
    # Two components of standardised irises hold 0.958 of the variance: Fisher 1936, any textbook's PCA.
    assert metrics["models"]["pca_all"]["mean"] == pytest.approx(0.95, abs=0.03)
    assert metrics["comparison"]["baseline"] in metrics["models"]
    assert sum(metrics["final_model"]["explained"]) < 1
    density = metrics["density"]
    assert abs(density["largest_error"]) <= density["resolution"]
    assert sum(density["distribution"]) == pytest.approx(1, abs=1e-9)
    assert metrics["verdict_sentence"].startswith(metrics["verdict"].capitalize())


def test_coordinates_of_new_rows_are_those_of_the_kernel(result):
    new = ROWS.values[::4] + 0.05
    trained = train(SPEC, ROWS, ignore_progress, never_cancel)
    program = StatevectorEngine().compile(feature_map_circuit(2, SPEC.feature_map))
    states = program.states(trained.reduction.apply(new) * trained.bandwidth)
    cross = np.abs(states.conj() @ trained.states.T) ** 2

    found = project_qpca(SPEC, result.files, new)

    assert np.abs(found - trained.components.coordinates(cross)).max() < 1e-9
    own = project_qpca(SPEC, result.files, ROWS.values)
    assert np.abs(own.mean(axis=0)).max() < 1e-12
    assert (own**2).mean(axis=0) == pytest.approx(result.metrics["final_model"]["eigenvalues"], abs=1e-9)


def test_the_model_goes_through_its_file_bit_for_bit_and_holds_no_row(result):
    model = read_model(result.files["model.safetensors"], **SHAPE)

    assert model_bytes(model) == result.files["model.safetensors"]
    again = {**result.files, "model.safetensors": model_bytes(model)}
    assert (
        project_qpca(SPEC, again, ROWS.values).tobytes()
        == project_qpca(SPEC, result.files, ROWS.values).tobytes()
    )
    assert (
        max(each.size for each in load(result.files["model.safetensors"]).values()) == 2 * 4 * 4 < len(ROWS)
    )


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"offsets": np.zeros(3)}, "of shape"),
        ({"bandwidth": np.zeros(1, dtype=np.int64)}, "int64"),
        ({"real": np.full((2, 4, 4), np.inf)}, "no finite number"),
        ({"more": np.zeros(1)}, "arrays"),
    ],
)
def test_a_file_that_is_no_model_of_this_spec_is_refused(result, arrays, words):
    block = save({**load(result.files["model.safetensors"]), **arrays})

    with pytest.raises(ModelRefused, match=words):
        read_model(block, **SHAPE)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_bytes_of_strangers_are_refused_and_nothing_worse(block):
    with pytest.raises(ModelRefused):
        read_model(block, **SHAPE)
    with pytest.raises(ModelRefused):
        read_preprocessing(block)


def certified(files):
    return {each.field: each.agrees for each in QPCA.certify(SPEC, ROWS, files, ignore_progress)}


def test_an_honest_artefact_agrees_in_every_file(result):
    findings = certified(result.files)

    assert all(findings.values())
    named = {"preprocessing.json", "circuit.qasm", "metrics.json", "README.md"}
    parts = ("bandwidth", "eigenvalues", "orthogonality", "components", "real", "imaginary", "offsets")
    assert named | {f"model.safetensors {each}" for each in parts} == set(findings)


def test_a_component_with_the_other_sign_is_the_same_component(result):
    arrays = load(result.files["model.safetensors"])
    for name in ("real", "imaginary", "offsets"):
        arrays[name][1] *= -1

    assert all(certified({"model.safetensors": save(arrays)}).values())


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("real", lambda real: real[::-1], "model.safetensors components"),
        ("offsets", lambda offsets: offsets + 1e-6, "model.safetensors offsets"),
        ("eigenvalues", lambda values: values * 1.001, "model.safetensors eigenvalues"),
        ("bandwidth", lambda width: width * 2, "model.safetensors bandwidth"),
    ],
)
def test_a_model_of_other_components_is_found(result, name, change, field):
    arrays = load(result.files["model.safetensors"])
    arrays[name] = np.ascontiguousarray(change(arrays[name]))

    findings = certified({"model.safetensors": save(arrays)})

    assert any(field.split("[")[0] in each and not agrees for each, agrees in findings.items())


@pytest.mark.parametrize(
    "path",
    [("models", "quantum", "mean"), ("final_model", "eigenvalues", 1), ("density", "exponentiation_error")],
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


def test_a_caller_who_wants_no_more_is_heard_within_one_step():
    asked = []

    def cancel():
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(TrainingCancelled):
        QPCA.run(SPEC, ROWS, ignore_progress, cancel)
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (FLOWERS.replace(b"\n5.1,", b"\nnan,", 1), "row 1, column 'a' is not a finite number"),
        (FLOWERS.replace(b"\n5.1,", b"\nx,", 1), "row 1, column 'a' is not a number"),
        (flowers_csv(10), "at least 20 rows are needed; there are 10"),
        (b"a,b,c,d\n" + b"1,2,3,4\n" * 25, "column 'a' is constant"),
        (b"a,b,c\n1,2,3\n", "no column 'd'"),
    ],
)
def test_rows_without_directions_are_refused_in_words(content, words):
    with pytest.raises(DatasetRefused, match=words):
        read_features(SPEC, {1: TableBytes(content)})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"qubits": 40}, "the limit is 20"),
        ({"qubits": 5}, "5 qubits need 5 principal components, the data has 4 features"),
        ({"qubits": 1}, "entangles at least 2 qubits"),
        ({"algorithm": {"name": "qpca", "components": 17}}, "less than or equal to 16"),
        ({"algorithm": {"name": "qpca", "phase_qubits": 9}}, "less than or equal to 8"),
        ({"algorithm": {"name": "qpca", "copies": 0}}, "greater than or equal to 1"),
        ({"shots": 100}, "shots: Input should be null"),
        ({"parent_models": ["1"]}, "starts from no other model"),
        ({"datasets": []}, "at least 1"),
    ],
)
def test_a_spec_that_cannot_be_run_is_refused_with_the_limit(changes, words):
    with pytest.raises(SpecRefused, match=words):
        build_spec(reduction_fields(**changes))


@pytest.mark.parametrize(
    ("qubits", "method", "words"),
    [
        (11, {"phase_qubits": 0}, "the limit is 10 qubits"),
        (10, {"components": 16, "phase_qubits": 0}, "fill 256 MiB; the limit is 32 MiB"),
        (8, {"phase_qubits": 6}, "phase estimation on 14 qubits; the limit is 12"),
    ],
)
def test_components_that_would_fill_the_model_are_refused_with_their_size(qubits, method, words):
    columns = {"features": [f"f{number}" for number in range(16)]}
    fields = reduction_fields(qubits=qubits, algorithm={"name": "qpca", **method})
    fields["datasets"] = [{**fields["datasets"][0], "columns": columns}]

    with pytest.raises(SpecRefused, match=words):
        build_spec(fields)


def test_a_spec_goes_through_its_bytes_and_the_request_names_the_algorithm():
    assert read_spec(canonical_bytes(SPEC)) == SPEC
    assert request_of(SPEC).algorithm == "qpca"


def test_the_estimate_counts_the_circuits_gates_and_grows():
    size, circuit = estimate(SPEC, len(ROWS)), QPCA.circuit(SPEC)

    two = sum(len(each.qubits) == 2 for each in circuit.decompose().data)
    assert size.two_qubit_gates == two
    assert size.rows_carried_max == 0
    assert estimate(SPEC, 60).cpu_seconds < estimate(SPEC, 2000).cpu_seconds
    assert "the limit is 2 GiB" in estimate(SPEC, 10_000_000).refusals[0]


def test_the_words_of_the_job_name_what_decides_its_result():
    words = " ".join(spec_in_words(SPEC))

    for part in (
        "dataset 1 version 1",
        "columns a, b, c, d",
        "first 2 principal",
        "0.2, 1",
        "6 qubits",
        "no row",
    ):
        assert part in words


def test_a_dataset_whose_rows_may_not_be_in_a_model_allows_the_job():
    terms = Terms(is_retired=False, allow_compute=True, algorithms=(), rows_in_model="never")

    assert terms_problem(terms, "qpca") is None
