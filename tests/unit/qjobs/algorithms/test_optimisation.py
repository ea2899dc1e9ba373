"""Choices under constraints by QAOA: spec, data, answers beside classical ones, and the certificate."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp, Statevector
from safetensors.numpy import load, save

from qjobs.algorithms.errors import DatasetRefused, ModelRefused
from qjobs.algorithms.optimisation.job import landscape_of
from qjobs.algorithms.optimisation.model import model_bytes, read_model
from qjobs.algorithms.optimisation.problem import Outlook
from qjobs.algorithms.optimisation.problems import choice_of
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.registry import CHOICES
from qjobs.algorithms.result import FILE_NAMES
from qjobs.algorithms.rows import TableBytes
from qjobs.spec import SpecRefused, build_spec, canonical_bytes, estimate, read_spec, request_of
from tests.vectors.qjobs.choices import FIELD, PROBLEMS, RETURNS, choice_fields, choice_spec, small_choice


def loaded(spec, content):
    return CHOICES.load(spec, {1: TableBytes(content)})


@pytest.fixture(scope="module", params=PROBLEMS)
def done(request):
    """A problem's spec, its data and the result."""
    spec = choice_spec(request.param, noise={} if request.param == "portfolio" else None)
    data = loaded(spec, PROBLEMS[request.param][0])
    return spec, data, CHOICES.run(spec, data, ignore_progress, never_cancel)


def wrong_fields(done, **files):
    spec, data, result = done
    posted = {**result.files, **{name.replace("_", "."): block for name, block in files.items()}}
    posted.pop("circuit.qpy")
    return {each.field for each in CHOICES.certify(spec, data, posted, ignore_progress) if not each.agrees}


def test_an_honest_artefact_agrees_and_says_what_was_chosen(done):
    spec, _, result = done
    metrics = result.metrics

    assert wrong_fields(done) == set()
    assert set(result.files) == set(FILE_NAMES)
    assert metrics["answers"]["exact"]["best"] == metrics["choices"]["best"]
    for report in metrics["answers"].values():
        assert 0 <= report["mean_quality"] <= 1
    assert [each["seed"] for each in metrics["seeds"]] == [7, 8]
    for each in metrics["seeds"]:
        low, high = each["allowed_interval"]
        assert low <= each["allowed_share"] <= high
        assert 0 < each["optimum_probability"] <= each["allowed_probability"] <= 1
    assert metrics["verdict_sentence"] in result.files["README.md"].decode()
    assert len(metrics["answer"]["bits"]) == spec.qubits


def test_the_energy_of_the_posted_bits_is_that_of_the_problem(done):
    spec, _, result = done
    _, choice = small_choice(spec.algorithm.problem.name)
    bits = load(result.files["model.safetensors"])["bits"]

    answer = result.metrics["answer"]

    assert choice.energy(spec.algorithm.penalty).value(bits) == pytest.approx(answer["energy"], abs=1e-9)
    assert answer["is_allowed"] == (choice.violation.value(bits) == 0)
    assert "".join(map(str, bits)) == answer["bits"]


@pytest.mark.parametrize(
    "path",
    [
        ("answer", "energy"),
        ("seeds", 0, "mean_energy"),
        ("seeds", 1, "allowed_share"),
        ("answers", "annealing", "mean_quality"),
        ("allowed_probability", "mean"),
        ("penalty", "bound"),
    ],
)
def test_a_lie_in_one_number_is_found_and_named(done, path):
    metrics = json.loads(done[2].files["metrics.json"])
    place = metrics
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] += 1e-6

    named = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")
    assert wrong_fields(done, metrics_json=json.dumps(metrics).encode()) == {f"metrics.json {named}"}


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("beta", lambda beta: beta + 0.01, "model.safetensors seed 7 optimality"),
        ("gamma", np.zeros_like, "model.safetensors seed 8 expected energy"),
        ("bits", lambda bits: np.r_[1 - bits[0], bits[1:]], "model.safetensors energy of the bits"),
        ("bits", lambda bits: bits[:-1], "model.safetensors"),
        ("beta", lambda beta: beta[:1], "model.safetensors"),
    ],
)
def test_a_model_that_was_not_trained_so_is_found(done, name, change, field):
    arrays = load(done[2].files["model.safetensors"])
    arrays[name] = np.ascontiguousarray(change(arrays[name]))

    assert field in wrong_fields(done, model_safetensors=save(arrays))


def test_the_circuit_turns_about_the_energy_and_the_landscape_is_its_mean():
    spec, choice = small_choice("route")
    landscape, angles = landscape_of(spec, choice), np.array([0.4, -0.7])
    labels = landscape.observable.labels()

    state = Statevector(qaoa_circuit(landscape.ising, 1).assign_parameters(angles))
    expected = state.expectation_value(SparsePauliOp.from_list(list(labels.items()))).real

    energies = Outlook.of(choice, spec.algorithm.penalty, 1e-9).energies
    assert expected == pytest.approx(-float(state.probabilities() @ energies), abs=1e-9)
    share, slopes = landscape.share(angles)
    assert share * landscape.ising.unit == pytest.approx(expected, abs=1e-9)
    for column, step in enumerate(np.eye(2) * 1e-6):
        difference = landscape.share(angles + step)[0] - landscape.share(angles - step)[0]
        assert slopes[column] == pytest.approx(difference / 2e-6, abs=1e-7)


def test_the_verdict_is_for_the_side_that_chose_better():
    poor = {"layers": 1, "restarts": 1, "iterations": 1, "seeds": 8}
    spec = choice_spec("channel-assignment", method=poor, shots=1)

    metrics = CHOICES.run(spec, loaded(spec, FIELD), ignore_progress, never_cancel).metrics

    answers = metrics["answers"]
    assert answers["qaoa"]["mean_quality"] < answers["annealing"]["mean_quality"] == 1.0
    assert metrics["verdict"] == "classical wins"
    assert answers["qaoa"]["allowed_share"] < 1


def test_a_greedy_way_into_a_dead_end_is_no_choice():
    content = b"from,to,weight\ns,a,1\ns,b,5\nb,t,1\n"
    _, choice = small_choice("route", content=content, qubits=3, problem={"source": "s", "target": "t"})

    assert choice.variables == ("s > a", "s > b", "b > t")
    assert choice.greedy.tolist() == [1, 0, 0]
    assert choice.violation.value(choice.greedy) > 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("portfolio", RETURNS.replace(b"0.030", b"nan"), "row 1, column 'steel' is no return"),
        ("portfolio", RETURNS.replace(b"0.030", b"1e300"), "is no return"),
        ("portfolio", RETURNS.replace(b"0.030", b"much"), "row 1, column 'steel' is not a number"),
        ("portfolio", RETURNS[: RETURNS.index(b"0.012")], "has 1 periods; a covariance needs 2"),
        ("portfolio", b"gold,steel,wheat,paper\n0,0,0,0\n0,0,0,0\n", "nothing to choose"),
        ("portfolio", b"gold,steel,wheat\n0,0,0\n", "no column 'paper'"),
        ("vertex-cover", FIELD + b"e,f,1\n", "names node 8; the spec has 6 qubits, one a node"),
        ("vertex-cover", b"from,to\na,b\n", "has 2 nodes; the spec has 6 qubits"),
        ("vertex-cover", b"from,to\na,a\n", "row 1 joins a node to itself"),
        ("channel-assignment", FIELD.replace(b"d,7", b"d,-7"), "no weight above 0"),
        ("channel-assignment", FIELD.replace(b"b,d,7", b"d,e,7"), "12 qubits, 2 a node"),
        ("route", FIELD + b"d,c,1\n", "8 edges give 12 qubits, one a direction; the spec has 10"),
        ("route", FIELD.replace(b"sink", b"well"), "no edge names the node 'sink'"),
        ("route", b"from,to,weight\n", "the graph has no edge"),
        ("route", b"from,to,weight\n" + b"".join(b"a,n%d,1\n" % n for n in range(40)), "no route through"),
        (
            "route",
            b"from,to,weight\ngate,a,1\ngate,b,1\na,b,1\nsink,c,1\nsink,d,1\nc,d,1\nc,e,1\n",
            "no way leads from 'gate' to 'sink'",
        ),
    ],
)
def test_rows_that_are_no_instance_of_the_problem_are_refused_in_words(name, content, words):
    spec = choice_spec(name)

    with pytest.raises(DatasetRefused, match=words):
        choice_of(spec, loaded(spec, content))


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("portfolio", {"qubits": 30}, "the limit is 20"),
        ("portfolio", {"qubits": 5}, "4 assets need 4 qubits, not 5"),
        ("portfolio", {"problem": {"choose": 4}}, "4 of 4 assets is no choice"),
        ("portfolio", {"problem": {"risk_aversion": -1}}, "greater than or equal to 0"),
        ("channel-assignment", {"qubits": 13}, "13 qubits are not 2 a node"),
        ("channel-assignment", {"qubits": 22}, "the limit is 20"),
        ("channel-assignment", {"qubits": 2}, "at least 4 qubits"),
        ("channel-assignment", {"problem": {"channels": 9}}, "less than or equal to 4"),
        ("vertex-cover", {"qubits": 1}, "at least 2 qubits"),
        ("vertex-cover", {"noise": {}, "qubits": 11}, "limit with noise is 10 qubits"),
        ("route", {"problem": {"target": "gate"}}, "two different ends"),
        ("route", {"method": {"penalty": 1.0}}, "greater than 1"),
        ("route", {"method": {"seeds": 1}}, "greater than or equal to 2"),
        ("route", {"problem": {"name": "tour"}}, "portfolio"),
        ("route", {"shots": 0}, "greater than or equal to 1"),
        ("route", {"parent_models": ["1"]}, "starts from no other model"),
    ],
)
def test_a_spec_that_cannot_be_run_is_refused_with_the_number(name, changes, words):
    with pytest.raises(SpecRefused, match=words):
        build_spec(choice_fields(name, **changes))


def test_columns_of_another_problem_are_refused():
    edges, assets = (choice_fields(name)["datasets"] for name in ("route", "portfolio"))

    for name, datasets, words in (
        ("portfolio", edges, "portfolio reads columns of assets"),
        ("route", assets, "route reads columns of edges"),
        ("vertex-cover", edges, "reads no weight"),
    ):
        with pytest.raises(SpecRefused, match=words):
            build_spec(choice_fields(name, datasets=datasets))


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_spec_goes_through_its_bytes_and_names_qaoa_on_chain(name):
    spec = choice_spec(name)

    assert read_spec(canonical_bytes(spec)) == spec
    assert request_of(spec).algorithm == "qaoa"
    assert CHOICES.circuit(spec).num_qubits == spec.qubits


def test_the_estimate_counts_the_circuits_gates_and_grows():
    spec, choice = small_choice("portfolio")
    counts = qaoa_circuit(landscape_of(spec, choice).ising, 1).count_ops()
    small = estimate(spec, 5)

    large = choice_spec("vertex-cover", qubits=20, method={"layers": 8, "restarts": 20, "seeds": 20})

    assert small.two_qubit_gates == counts["rzz"] == 6
    assert small.one_qubit_gates == counts["h"] + counts["rx"] + counts["rz"]
    assert small.rows_carried_max == 5
    assert any("the limit is 600 s" in refusal for refusal in estimate(large, 30).refusals)


def test_a_model_goes_through_its_file_bit_for_bit_and_strangers_bytes_are_refused(done):
    spec, _, result = done
    size = {"seeds": 2, "layers": 1, "qubits": spec.qubits}
    block = result.files["model.safetensors"]

    assert model_bytes(read_model(block, **size)) == block
    for arrays in ({"bits": np.zeros(spec.qubits)}, {"beta": np.full((2, 1), np.nan)}, {"more": np.ones(1)}):
        with pytest.raises(ModelRefused):
            read_model(save({**load(block), **arrays}), **size)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_random_bytes_are_no_model_and_nothing_worse(block):
    with pytest.raises(ModelRefused):
        read_model(block, seeds=2, layers=1, qubits=4)
