import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp, Statevector
from safetensors.numpy import load, save

from qjobs.algorithms.checkpoints import Checkpoints
from qjobs.algorithms.errors import DatasetRefused, ModelRefused, TrainingCancelled
from qjobs.algorithms.graph import read_graph
from qjobs.algorithms.progress import Watch, ignore_progress, never_cancel
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.qaoa.maxcut import all_cuts, cut_ising, qubo_of, side_of_nodes, state_of
from qjobs.algorithms.qaoa.model import model_bytes, read_model
from qjobs.algorithms.qaoa.training import Landscape, trained_angles
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.rows import TableBytes
from qjobs.engines.statevector import StatevectorEngine
from qjobs.rules.dataset_terms import Terms, terms_problem
from qjobs.rules.spec_words import spec_in_words
from qjobs.spec import (
    SpecRefused,
    build_spec,
    canonical_bytes,
    estimate,
    read_spec,
    request_of,
    spec_digest,
)
from tests.vectors.qjobs.graphs import PRISM, edges_csv, graph_fields, graph_spec

QAOA = ALGORITHMS["qaoa"]
SPEC = graph_spec(noise={})
LAYERS = SPEC.algorithm.layers


def graph_of(content=PRISM, **changes):
    return read_graph(graph_spec(content, **changes), {1: TableBytes(content)})


GRAPH = graph_of()


@pytest.fixture(scope="module")
def result():
    return QAOA.run(SPEC, GRAPH, ignore_progress, never_cancel)


@st.composite
def small_graphs(draw):
    """Up to 6 nodes in a chain with further edges, weights up to 3."""
    nodes = draw(st.integers(2, 6))
    chain = {(node, node + 1) for node in range(nodes - 1)}
    more = draw(st.sets(st.sampled_from(list(itertools.combinations(range(nodes), 2)))))
    weights = st.floats(0.1, 3).map(lambda weight: round(weight, 3))
    content = edges_csv([(*edge, draw(weights)) for edge in sorted(chain | more)])
    return graph_of(content, qubits=nodes)


@given(small_graphs())
@settings(max_examples=40, deadline=None)
def test_observable_qubo_and_counting_say_the_same_of_every_partition(graph):
    nodes = len(graph.nodes)
    counted = [
        sum(weight for (a, b), weight in zip(graph.edges, graph.weights, strict=True) if bits[a] != bits[b])
        for bits in (tuple(state >> node & 1 for node in range(nodes)) for state in range(2**nodes))
    ]
    operator = SparsePauliOp.from_list(list(cut_ising(graph).observable().labels().items()))
    every = np.array([[state >> node & 1 for node in range(nodes)] for state in range(2**nodes)])

    assert np.abs(all_cuts(graph) - counted).max() < 1e-12
    assert np.abs(operator.to_matrix().diagonal().real - counted).max() < 1e-12
    assert np.abs(-((every @ qubo_of(graph)) * every).sum(axis=1) - counted).max() < 1e-12


def test_the_sides_have_no_names_so_the_last_node_is_on_side_0():
    for state in range(64):
        sides = side_of_nodes(GRAPH, state)

        assert sides[-1] == 0
        assert all_cuts(GRAPH)[state] == all_cuts(GRAPH)[state_of(sides)]


def test_one_layer_on_one_edge_has_the_known_expected_cut():
    graph = graph_of(b"from,to,weight\n0,1,1\n", qubits=2)
    landscape = Landscape.of(cut_ising(graph), 1, StatevectorEngine())

    for beta, gamma in ((0.3, 0.9), (np.pi / 8, np.pi / 2), (1.1, -0.4)):
        # Wang et al. 2018 (arXiv:1706.02998, theorem 1) for two nodes of degree 1.
        known = (1 + np.sin(4 * beta) * np.sin(gamma)) / 2
        assert landscape.share(np.array([beta, gamma]))[0] == pytest.approx(known, abs=1e-12)


def test_training_reaches_the_known_optimum_of_one_layer_on_rings():
    ring = edges_csv([(node, (node + 1) % 8, 1.0) for node in range(8)])
    spec = graph_spec(ring, qubits=8, algorithm={"name": "qaoa", "layers": 1, "restarts": 3})
    landscape = Landscape.of(cut_ising(graph_of(ring, qubits=8)), 1, StatevectorEngine())

    watch = Watch(3, ignore_progress, never_cancel)
    kept = Checkpoints(None, spec_digest(spec))
    angles = trained_angles(spec.algorithm, landscape, watch, seed=spec.seed, kept=kept)

    # Farhi, Goldstone and Gutmann 2014: a ring's expected share is (2 p + 1) / (2 p + 2).
    assert landscape.share(angles)[0] == pytest.approx(3 / 4, abs=1e-9)
    assert landscape.residual(angles) < 1e-6


def test_slopes_are_those_of_finite_differences_and_the_value_is_qiskits():
    landscape, angles = (
        Landscape.of(cut_ising(GRAPH), 2, StatevectorEngine()),
        np.array([0.3, 0.7, 0.2, -0.5]),
    )
    share, slopes = landscape.share(angles)

    state = Statevector(qaoa_circuit(cut_ising(GRAPH), 2).assign_parameters(angles))
    operator = SparsePauliOp.from_list(list(cut_ising(GRAPH).observable().labels().items()))
    assert share == pytest.approx(state.expectation_value(operator).real / GRAPH.total_weight, abs=1e-12)
    for column, step in enumerate(np.eye(4) * 1e-6):
        difference = landscape.share(angles + step)[0] - landscape.share(angles - step)[0]
        assert slopes[column] == pytest.approx(difference / 2e-6, abs=1e-8)


def test_every_answer_stands_beside_the_exact_one(result):
    metrics = result.metrics
    answers = {name: each["cut"] for name, each in metrics["answers"].items()}

    assert answers["exact"] == 10
    assert set(answers) == {"qaoa", "greedy", "annealing", "random", "exact"}
    assert all(cut <= 10 for cut in answers.values())
    assert answers["annealing"] == 10
    assert (
        metrics["sampled"]["interval"][0] < metrics["expected_cut"] < metrics["sampled"]["interval"][1] + 0.5
    )
    assert metrics["noisy"]["expected_cut"] < metrics["expected_cut"]
    assert metrics["noisy"]["expected_cut"] > 6, "noise leaves it above half of all weight"
    assert metrics["verdict"] == "no difference shown"
    assert "largest cut there is weighs 10" in metrics["verdict_sentence"]


def test_the_verdict_names_the_side_that_cut_more():
    content = edges_csv([(a, b, 1.0) for a, b in itertools.combinations(range(12), 2) if (a + b) % 3])
    few = {"algorithm": {"name": "qaoa", "layers": 1, "restarts": 1, "iterations": 1}, "shots": 1}
    spec = graph_spec(content, qubits=12, **few)

    metrics = QAOA.run(spec, graph_of(content, qubits=12), ignore_progress, never_cancel).metrics

    assert metrics["answers"]["qaoa"]["cut"] < metrics["answers"]["annealing"]["cut"]
    assert metrics["verdict"] == "classical wins"


def test_the_model_goes_through_its_file_bit_for_bit(result):
    model = read_model(result.files["model.safetensors"], layers=LAYERS, nodes=6)

    assert model_bytes(model) == result.files["model.safetensors"]
    assert all_cuts(GRAPH)[state_of(model.sides)] == result.metrics["sampled"]["best_cut"]
    landscape = Landscape.of(cut_ising(GRAPH), LAYERS, StatevectorEngine())
    assert landscape.share(model.angles)[0] * 12 == pytest.approx(result.metrics["expected_cut"], abs=1e-12)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"beta": np.zeros(3)}, "of shape"),
        ({"sides": np.zeros(6)}, "float64"),
        ({"sides": np.full(6, 2)}, "neither 0 nor 1"),
        ({"gamma": np.array([0.0, np.nan])}, "finite"),
        ({"more": np.zeros(1)}, "arrays"),
    ],
)
def test_a_file_that_is_no_model_of_this_spec_is_refused(result, arrays, words):
    block = save({**load(result.files["model.safetensors"]), **arrays})

    with pytest.raises(ModelRefused, match=words):
        read_model(block, layers=LAYERS, nodes=6)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_bytes_of_strangers_are_refused_and_nothing_worse(block):
    with pytest.raises(ModelRefused):
        read_model(block, layers=LAYERS, nodes=6)


def test_a_cut_of_the_first_release_keeps_its_digest_and_still_agrees():
    folder = Path(__file__).parents[3] / "vectors" / "qjobs" / "maxcut_1"
    names = ("model.safetensors", "preprocessing.json", "circuit.qasm", "metrics.json", "README.md")

    spec = read_spec((folder / "spec.json").read_bytes())
    findings = certified({name: (folder / name).read_bytes() for name in names})

    assert spec == SPEC
    assert spec_digest(spec) == "0x38e41930e2a1434b2eb0ad1fd44735094ef57145813efdbc5e61264e55d6106e"
    assert all(findings.values()), findings


def certified(files):
    return {each.field: each.agrees for each in QAOA.certify(SPEC, GRAPH, files, ignore_progress)}


def test_an_honest_artefact_agrees_in_every_file(result):
    findings = certified(result.files)

    assert all(findings.values())
    named = {"preprocessing.json", "circuit.qasm", "metrics.json", "README.md"}
    assert named | {f"model.safetensors {each}" for each in ("optimality", "expected cut", "sides")} == set(
        findings
    )


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("beta", lambda beta: beta + 0.01, "model.safetensors optimality"),
        ("gamma", np.zeros_like, "model.safetensors expected cut"),
        ("sides", lambda sides: 1 - sides, "model.safetensors sides"),
    ],
)
def test_a_model_that_was_not_trained_so_is_found(result, name, change, field):
    arrays = load(result.files["model.safetensors"])
    arrays[name] = change(arrays[name])

    assert certified({"model.safetensors": save(arrays)})[field] is False


@pytest.mark.parametrize(
    "path",
    [("expected_cut",), ("sampled", "best_cut"), ("answers", "annealing", "cut"), ("noisy", "expected_cut")],
)
def test_a_lie_in_one_number_is_found_and_named(result, path):
    metrics = json.loads(result.files["metrics.json"])
    place = metrics
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] += 1e-6

    findings = certified({**result.files, "metrics.json": json.dumps(metrics).encode()})

    assert {field for field, agrees in findings.items() if not agrees} == {f"metrics.json {'.'.join(path)}"}


def test_a_caller_who_wants_no_more_is_heard_within_one_step():
    asked = []

    def cancel():
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(TrainingCancelled):
        QAOA.run(SPEC, GRAPH, ignore_progress, cancel)
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"from,to,weight\n0,0,1\n", "row 1 joins a node to itself"),
        (b"from,to,weight\n0,1,1\n1,0,2\n", "row 2 names an edge again"),
        (b"from,to,weight\n0,1,nan\n", "no weight above 0"),
        (b"from,to,weight\n0,1,-1\n", "no weight above 0"),
        (b"from,to,weight\n0,1,x\n", "is not a number"),
        (b"from,to,weight\n0,1\n", "row 1 has 2 cells"),
        (b"from,to,weight\n0,1,1\n", "has 2 nodes; the spec has 6 qubits"),
        (b"from,to,weight\n" + b"".join(b"0,%d,1\n" % node for node in range(1, 9)), "names node 7"),
        (b"from,to\n0,1\n", "no column 'weight'"),
        (b"", "no column 'from'"),
    ],
)
def test_a_table_that_is_no_graph_of_the_spec_is_refused_in_words(content, words):
    with pytest.raises(DatasetRefused, match=words):
        graph_of(content)


def test_nodes_are_numbered_by_their_names_and_edges_without_weights_weigh_1():
    content = b"from,to\n10,9\n9,2\n"
    columns = {"source": "from", "target": "to"}
    dataset = {**graph_fields(content)["datasets"][0], "columns": columns}

    graph = graph_of(content, datasets=[dataset], qubits=3)

    assert graph.nodes == ("2", "9", "10")
    assert graph.edges.tolist() == [[0, 1], [1, 2]]
    assert graph.weights.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"qubits": 40}, "the limit is 20"),
        ({"qubits": 1}, "2 qubits are needed"),
        ({"qubits": 11, "noise": {}}, "limit with noise is 10 qubits"),
        ({"shots": 0}, "greater than or equal to 1"),
        ({"noise": {"readout_error": 0.7}}, "less than or equal to 0.5"),
        ({"algorithm": {"name": "qaoa", "layers": 0}}, "greater than or equal to 1"),
        ({"algorithm": {"name": "qaoa", "layers": 9}}, "less than or equal to 8"),
        ({"parent_models": ["1"]}, "starts from no other model"),
        ({"splits": {"count": 3}}, "splits"),
        ({"datasets": []}, "at least 1"),
    ],
)
def test_a_spec_that_cannot_be_run_is_refused_with_the_limit(changes, words):
    with pytest.raises(SpecRefused, match=words):
        build_spec(graph_fields(**changes))


def test_a_spec_goes_through_its_bytes_and_the_request_names_the_algorithm():
    assert read_spec(canonical_bytes(SPEC)) == SPEC
    assert request_of(SPEC).algorithm == "qaoa"


def test_the_estimate_counts_the_circuits_gates_and_grows():
    size = estimate(SPEC, len(GRAPH))
    counts = qaoa_circuit(cut_ising(GRAPH), LAYERS).count_ops()

    assert size.two_qubit_gates == counts["rzz"]
    assert size.one_qubit_gates == counts["h"] + counts["rx"]
    assert size.rows_carried_max == len(GRAPH)
    assert size.cpu_seconds < estimate(graph_spec(qubits=20), 100).cpu_seconds
    assert not size.refusals


def test_the_circuit_shown_before_the_vote_is_on_a_ring():
    circuit = QAOA.circuit(SPEC)

    assert circuit.num_qubits == 6
    assert circuit.count_ops()["rzz"] == 6 * LAYERS
    assert QAOA.circuit(graph_spec(qubits=2)).count_ops()["rzz"] == LAYERS


def test_the_words_of_a_graph_job_name_what_decides_its_result():
    words = " ".join(spec_in_words(SPEC))

    for part in ("dataset 1 version 1", "'from' to 'to'", "6 nodes", "2 layers", "2 starts", "200 measure"):
        assert part in words
    assert "0.02 a readout" in words
    assert "nothing about noise" in " ".join(spec_in_words(graph_spec()))


def test_a_dataset_whose_rows_may_not_be_in_a_model_forbids_the_job():
    terms = {"is_retired": False, "allow_compute": True, "algorithms": ()}

    refusal = terms_problem(Terms(**terms, rows_in_model="never"), "qaoa")
    assert "edges in the circuit of qaoa are rows" in refusal
    assert terms_problem(Terms(**terms, rows_in_model="public"), "qaoa") is None
