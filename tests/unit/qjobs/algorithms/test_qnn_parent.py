"""Training that begins with the weights of another model."""

import json

import numpy as np
import pytest
from safetensors.numpy import load, save
from threadpoolctl import threadpool_limits

from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.qnn.checkpoints import Checkpoints
from qjobs.algorithms.qnn.job import run_qnn
from qjobs.algorithms.qnn.parent import ParentFiles
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.rows import TableBytes
from qjobs.rules.spec_words import spec_in_words
from qjobs.spec import (
    ParentRefused,
    QnnSpec,
    SpecRefused,
    build_spec,
    canonical_bytes,
    read_spec,
    request_of,
    spec_digest,
)
from qjobs.spec.parents import require_same_circuit, seen_with
from tests.vectors.qjobs.reductions import reduction_fields
from tests.vectors.qjobs.trained import IRISES, as_qnn_spec, child_fields, child_spec, parent_spec, qnn_spec

QNN = ALGORITHMS["qnn"]
PARENT = parent_spec(algorithm={"optimiser": {"name": "adam", "iterations": 60, "step": 0.1}})
ROWS = {1: TableBytes(IRISES)}
FAR = child_spec(PARENT)
"""A child whose parent knows none of its rows."""

NEAR = child_spec(qnn_spec())
"""A child whose parent was trained on the same dataset."""


def trained(spec, sample):
    with threadpool_limits(limits=1):
        return QNN.run(spec, sample, ignore_progress, never_cancel)


@pytest.fixture(scope="module")
def parent():
    rows = {9: TableBytes(IRISES)}
    return trained(PARENT, QNN.load(PARENT, rows)).files["model.safetensors"]


@pytest.fixture(scope="module")
def sample(parent):
    return QNN.read(FAR, ROWS, ParentFiles(canonical_bytes(PARENT), parent))


@pytest.fixture(scope="module")
def child(sample):
    return trained(FAR, sample)


def certified(files, spec, sample):
    return {each.field: each.agrees for each in QNN.certify(spec, sample, files, ignore_progress)}


def test_training_begins_with_the_weights_and_the_metrics_say_how_far_it_moved(parent, sample, child):
    given, made = load(parent)["weights"], load(child.files["model.safetensors"])
    report = child.metrics["parent"]

    assert np.array_equal(sample.parent, given)
    for name in ("trail_00", "trail_01", "trail_02"):
        assert np.array_equal(made[name][0], np.concatenate([given, np.zeros(2 * len(given))]))
    moves = np.abs(made["weights"] - given)[:-2]
    assert report["model"] == "3"
    assert report["largest_move_rad"] == pytest.approx(moves.max(), abs=1e-12)
    assert report["mean_move_rad"] == pytest.approx(moves.mean(), abs=1e-12)
    assert report["loss_at_start"] == child.metrics["final_model"]["loss_curve"][0]
    assert report["loss_at_start"] < report["loss_at_fresh_start"]


def test_the_loss_of_a_fresh_start_is_the_one_that_such_a_training_has(child):
    fresh = qnn_spec(seed=11)

    begun = trained(fresh, QNN.load(fresh, ROWS)).metrics

    assert child.metrics["parent"]["loss_at_fresh_start"] == begun["final_model"]["loss_curve"][0]
    assert "parent" not in begun


def test_a_parent_that_has_seen_the_data_starts_only_the_model_that_is_not_scored(parent):
    data = QNN.read(NEAR, ROWS, ParentFiles(canonical_bytes(qnn_spec()), _as_of(qnn_spec(), parent)))
    fresh = qnn_spec(seed=11)

    near, cold = trained(NEAR, data), trained(fresh, QNN.load(fresh, ROWS))

    made, begun = (load(each.files["model.safetensors"]) for each in (near, cold))
    assert near.metrics["parent"]["splits_begin"] == "fresh"
    assert near.metrics["models"] == cold.metrics["models"]
    assert np.array_equal(made["trail_00"], begun["trail_00"])
    assert np.array_equal(made["trail_02"][0][:6], data.parent)
    assert all(certified(near.files, NEAR, data).values())
    assert "says nothing of what this start brought" in near.files["README.md"].decode()


def _as_of(spec: QnnSpec, model: bytes) -> bytes:
    """The model, its trails cut to as many checks as the spec has."""
    checks = -(-spec.algorithm.optimiser.iterations // 10)
    arrays = {name: each[: checks + 1] if each.ndim > 1 else each for name, each in load(model).items()}
    return save({name: np.ascontiguousarray(each) for name, each in arrays.items()})


def test_an_honest_child_agrees_in_every_file_and_its_card_names_the_parent(child, sample):
    card = child.files["README.md"].decode()

    assert all(certified(child.files, FAR, sample).values())
    assert "angles, slope and offset of model 3" in card
    assert "no model before has seen this data" in card
    assert "That is so only if model 3, and each that it came of, verifies too" in card


def test_a_card_from_before_it_said_what_its_comparison_rests_on_still_agrees_and_another_text_does_not(
    child, sample
):
    card = child.files["README.md"].decode()
    before, _, rest = card.partition("\nThat is so only if")
    first = before + rest[rest.index("check theirs.") + len("check theirs.") :]

    agrees = [
        certified({"README.md": text.encode()}, FAR, sample)
        for text in (first, card.replace("only if model 3", "even if model 3"))
    ]

    assert all(agrees[0].values())
    assert not all(agrees[1].values())


@pytest.mark.attack("S33")
def test_a_child_that_began_elsewhere_is_found(child, sample):
    """With other weights of the parent's, or with none: the first state of a trail is the parent's own."""
    fresh = qnn_spec(seed=11)
    cold = trained(fresh, QNN.load(fresh, ROWS)).files["model.safetensors"]
    arrays = load(child.files["model.safetensors"])
    arrays["trail_02"] = arrays["trail_02"] + 0.0
    arrays["trail_02"][0, 0] += 1e-3

    for model in (cold, save(arrays)):
        found = certified({**child.files, "model.safetensors": model}, FAR, sample)
        assert found["model.safetensors training on all rows"] is False


@pytest.mark.parametrize(
    "path", [("loss_at_start",), ("loss_at_fresh_start",), ("largest_move_rad",), ("mean_move_rad",)]
)
def test_a_lie_about_the_start_is_found_and_named(child, sample, path):
    metrics = json.loads(child.files["metrics.json"])
    metrics["parent"][path[0]] += 1e-6

    found = certified({**child.files, "metrics.json": json.dumps(metrics).encode()}, FAR, sample)

    assert {field for field, agrees in found.items() if not agrees} == {f"metrics.json parent.{path[0]}"}


def test_a_child_without_its_parents_weights_is_not_trained_at_all(sample):
    with pytest.raises(ModelRefused, match="do not agree on whether training begins with a model"):
        QNN.run(FAR, QNN.load(FAR, ROWS), ignore_progress, never_cancel)
    with pytest.raises(ModelRefused, match="do not agree on whether training begins with a model"):
        QNN.run(qnn_spec(), sample, ignore_progress, never_cancel)


@pytest.mark.fault("F01")
def test_a_checkpoint_of_a_fresh_start_is_not_gone_on_from(child, sample, tmp_path):
    file = tmp_path / "trails.safetensors"
    begun = load(trained(qnn_spec(seed=11), QNN.load(qnn_spec(), ROWS)).files["model.safetensors"])
    Checkpoints.of(FAR, file).write([begun["trail_00"], begun["trail_01"]])

    with threadpool_limits(limits=1):
        found = run_qnn(FAR, sample, checkpoints=file)

    assert found.files["model.safetensors"] == child.files["model.safetensors"]


def hostile(parent, **changes):
    return save({**load(parent), **changes})


@pytest.mark.attack("S31")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda model: hostile(model, weights=np.full(6, np.nan)),
            "model 3: weights holds no finite numbers",
        ),
        (lambda model: hostile(model, weights=np.full(6, np.inf)), "finite"),
        (
            lambda model: hostile(model, weights=np.full(6, -1e160)),
            r"a weight is as large as 1e\+160; the limit is 1e\+06",
        ),
        (lambda model: hostile(model, weights=np.zeros(5)), r"weights has shape \(5,\), not \(6,\)"),
        (lambda model: hostile(model, weights=np.zeros(6, np.float32)), "float32"),
        (lambda model: hostile(model, more=np.zeros(1)), "arrays"),
        (lambda model: b"\x80\x04" + model, "is a pickle; only safetensors is read"),
        (lambda model: model[:-1], "not safetensors"),
        (lambda model: b"", "not safetensors"),
        (lambda model: bytes(2**26 + 1), "has 67108865 bytes; the limit is 67108864"),
    ],
)
def test_weights_of_a_stranger_that_are_none_are_refused_in_words(parent, change, words):
    with pytest.raises(ModelRefused, match=words):
        QNN.read(FAR, ROWS, ParentFiles(canonical_bytes(PARENT), change(parent)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"qubits": 3}, "the number of qubits is 3 there and 2 here"),
        (
            {"feature_map": {"name": "angle", "axis": "x"}},
            r"the feature map is angle \(x\) there and angle \(y\) here",
        ),
        (
            {"algorithm": {"layers": {"count": 2}}},
            r"real-amplitudes \(2, circular\) there and .*\(1, circular",
        ),
        ({"algorithm": {"uploads": "once"}}, "uploads is once there and every-layer here"),
        ({"algorithm": {"readout": "mean"}}, "readout is mean there and first here"),
        ({"chain_id": "5"}, "the chain is 5 there and 31337 here"),
        ({"dataset_token": "0x" + "22" * 20}, "the contract of the datasets is 0x2222"),
    ],
)
def test_a_parent_of_another_circuit_is_refused_with_both_numbers(changes, words):
    other = parent_spec(**changes)

    with pytest.raises(ParentRefused, match=words):
        require_same_circuit(child_spec(other), other)


def test_what_does_not_change_the_circuit_may_differ():
    other = parent_spec(
        seed=99, title="Elsewhere", algorithm={"optimiser": {"name": "spsa"}, "penalty": 0.5, "patience": 3}
    )

    require_same_circuit(child_spec(other), other)


def test_a_parent_of_another_algorithm_or_that_is_no_spec_is_refused(parent):
    reduction = build_spec(reduction_fields())

    with pytest.raises(ParentRefused, match="Model 3 is of qpca; a qnn starts from a qnn"):
        QNN.read(FAR, ROWS, ParentFiles(canonical_bytes(reduction), parent))
    with pytest.raises(ParentRefused, match="The parent's spec cannot be read"):
        QNN.read(FAR, ROWS, ParentFiles(b"{}", parent))


def test_a_spec_that_hides_what_its_parent_has_seen_is_refused():
    fields = child_fields(qnn_spec())
    hiding = as_qnn_spec({**fields, "warm_start": {**fields["warm_start"], "seen_datasets": ["8"]}})

    assert hiding.is_compared_warm
    with pytest.raises(ParentRefused, match="has seen the datasets 1; the spec says 8"):
        require_same_circuit(hiding, qnn_spec())


def test_what_was_seen_goes_down_the_line_until_there_is_too_much_of_it():
    second = child_spec(PARENT)
    third = child_spec(second)
    many = {"seen_datasets": [str(number) for number in range(100, 164)]}
    old = as_qnn_spec({**child_fields(PARENT), "warm_start": {**child_fields(PARENT)["warm_start"], **many}})

    assert (seen_with(PARENT), seen_with(second)) == ((9,), (1, 9))
    assert third.warm_start.seen_datasets == (1, 9)
    assert not third.is_compared_warm
    with pytest.raises(ParentRefused, match="trained on 65 datasets; the limit is 64"):
        require_same_circuit(third, old)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"parent_models": []}, "training starts from 1 model; parent_models names 0"),
        ({"parent_models": ["3", "4"]}, "training starts from 1 model; parent_models names 2"),
        ({"warm_start": None}, "parent_models needs warm_start"),
        ({"warm_start": {}}, "warm_start.spec_cid"),
    ],
)
def test_a_start_that_does_not_say_of_what_is_refused(changes, words):
    with pytest.raises(SpecRefused, match=words):
        build_spec(child_fields(PARENT, **changes))


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"seen_datasets": ["2", "2"]}, "must increase"),
        ({"seen_datasets": []}, "at least 1"),
        ({"seen_datasets": [str(number) for number in range(65)]}, "at most 64"),
        ({"manifest_cid": "bafy"}, "is no content identifier"),
    ],
)
def test_a_start_with_a_part_that_cannot_be_is_refused(part, words):
    fields = child_fields(PARENT)

    with pytest.raises(SpecRefused, match=words):
        build_spec({**fields, "warm_start": {**fields["warm_start"], **part}})


def test_a_child_goes_through_its_bytes_and_specs_without_a_parent_keep_their_digest():
    assert read_spec(canonical_bytes(FAR)) == FAR
    assert request_of(FAR).parent_models == (3,)
    assert b"warm_start" not in canonical_bytes(qnn_spec())
    assert spec_digest(qnn_spec()) == "0x8170682afa478402b181d5bba46ac5f486cde87c8718ddb4f8e570140459187c"


def test_the_words_say_with_what_training_begins_and_where_it_does_not():
    far, near, cold = (" ".join(spec_in_words(each)) for each in (FAR, NEAR, qnn_spec()))

    assert (
        "Begins with the weights of model 3, which has seen dataset 9; the trainings on the splits too" in far
    )
    assert "has seen dataset 1; the trainings on the splits begin fresh" in near
    assert "Begins with" not in cold
