import io
import json
import subprocess
import sys

import numpy as np
import pytest
from qiskit import qasm3, qpy
from safetensors.numpy import load, save

from qjobs.algorithms.circuits import as_qasm, as_qpy, feature_map_circuit
from qjobs.algorithms.errors import ModelRefused, TrainingCancelled
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.qsvm.job import run_qsvm
from qjobs.algorithms.qsvm.model import read_model, read_preprocessing
from qjobs.algorithms.qsvm.training import train
from qjobs.algorithms.result import FILE_NAMES, MODEL_FILE, PREPROCESSING_FILE
from qjobs.algorithms.table import read_table
from qjobs.engines.registry import open_engine
from qjobs.runner.limits import OUTPUT_NAMES
from qjobs.spec.feature_maps import ZzFeatureMap
from tests.vectors.qjobs.specs import (
    breast_cancer_csv,
    small_spec,
    spec_fields,
    two_irises_csv,
    write_csv,
)

IRISES = two_irises_csv()


@pytest.fixture(scope="module")
def irises(tmp_path_factory):
    spec = small_spec(IRISES)
    return spec, read_table(spec, {1: write_csv(tmp_path_factory.mktemp("irises"), IRISES)})


@pytest.fixture(scope="module")
def result(irises):
    return run_qsvm(*irises)


def test_a_run_writes_the_listed_files_and_nothing_else(result):
    assert set(result.files) == OUTPUT_NAMES == set(FILE_NAMES)


def test_every_split_has_the_quantum_model_beside_all_baselines(result):
    models = {"quantum", "linear_reduced", "rbf_reduced", "linear_all", "rbf_all"}

    assert all(models < set(split) for split in result.metrics["splits"])
    assert set(result.metrics["models"]) == models
    assert all(
        0 <= each["interval"][0] <= each["mean_accuracy"] <= 1 for each in result.metrics["models"].values()
    )


def test_two_runs_give_equal_metrics_and_models(irises, result):
    again = run_qsvm(*irises)

    assert again.files["metrics.json"] == result.files["metrics.json"]
    assert again.files[MODEL_FILE] == result.files[MODEL_FILE]


def test_the_global_random_state_changes_nothing_and_is_not_changed(irises, result):
    np.random.seed(1)
    before = np.random.get_state()[1].copy()

    again = run_qsvm(*irises)

    assert again.files["metrics.json"] == result.files["metrics.json"]
    assert np.array_equal(np.random.get_state()[1], before)


def test_another_thread_count_in_another_process_gives_metrics_within_the_exact_class(
    irises, result, tmp_path
):
    script = (
        "import sys; from pathlib import Path; from qjobs.algorithms.qsvm.job import run_qsvm;"
        "from qjobs.algorithms.table import read_table; from tests.vectors.qjobs.specs import *;"
        "spec = small_spec(two_irises_csv()); table = read_table(spec, {1: Path(sys.argv[1])});"
        "sys.stdout.buffer.write(run_qsvm(spec, table).files['metrics.json'])"
    )
    path = write_csv(tmp_path, IRISES)

    output = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        env={"OPENBLAS_NUM_THREADS": "2"},
        capture_output=True,
        check=True,
    ).stdout

    assert json.loads(output)["splits"] == result.metrics["splits"]


def test_the_model_card_carries_the_verdict_and_every_model(result):
    card = result.files["README.md"].decode()

    assert result.metrics["verdict_sentence"] in card
    assert card.count("| ") > 5


def test_a_model_read_back_decides_bit_by_bit_like_the_trained_one(irises, result):
    spec, table = irises
    engine = open_engine("statevector")
    trained = train(spec, table, engine, ignore_progress, never_cancel)

    model = read_model(result.files[MODEL_FILE])
    reduction = read_preprocessing(result.files[PREPROCESSING_FILE])
    decisions = [model.decision(engine, spec.feature_map, reduction, table.features) for _ in range(2)]

    assert np.array_equal(*decisions)
    assert np.abs(decisions[0] - trained.final.decision(table.features)).max() < 1e-12


@pytest.mark.parametrize("cut", [0, 7, 8, 100, -1])
def test_a_cut_model_is_refused(result, cut):
    with pytest.raises(ModelRefused):
        read_model(result.files[MODEL_FILE][:cut])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    "name", ["support_vectors", "dual_coef", "intercept", "bandwidth", "c", "kernel_sample"]
)
def test_a_model_that_holds_something_that_is_no_finite_number_is_refused(result, name, value):
    arrays = load(result.files[MODEL_FILE])
    arrays[name].flat[-1] = value

    with pytest.raises(ModelRefused, match=f"{name} holds something that is no finite number"):
        read_model(save(arrays))


@pytest.mark.parametrize(
    "changed",
    [
        {"support_vectors": np.zeros(3)},
        {"dual_coef": np.zeros(2)},
        {"support_rows": np.zeros(3)},
        {"bandwidth": np.zeros(2)},
        {"kernel_sample": np.zeros((2, 2))},
        {"c": np.ones(1, dtype=np.float32)},
        {"more": np.zeros(1)},
    ],
)
def test_a_model_with_arrays_of_other_shapes_types_or_names_is_refused(result, changed):
    with pytest.raises(ModelRefused):
        read_model(save({**load(result.files[MODEL_FILE]), **changed}))


@pytest.mark.parametrize("magic", [b"\x80\x04\x95", b"PK\x03\x04", b"\x93NUMPY", b"\x1f\x8b"])
def test_a_pickle_an_archive_or_an_array_file_is_no_model(magic):
    with pytest.raises(ModelRefused):
        read_model(magic + bytes(200))


def test_a_model_with_any_byte_of_its_header_changed_is_refused_or_read_never_worse(result):
    block = bytearray(result.files[MODEL_FILE])
    for place in range(0, 600, 3):
        changed = bytes(block[:place]) + bytes([block[place] ^ 0x15]) + bytes(block[place + 1 :])
        try:
            read_model(changed)
        except ModelRefused:
            continue


def test_progress_counts_to_its_end(irises):
    events = []

    run_qsvm(*irises, on_progress=events.append)

    assert [event.step for event in events] == list(range(1, events[-1].steps + 1))
    assert events[-1].step == events[-1].steps


def test_a_cancel_stops_between_steps(irises):
    events = []

    with pytest.raises(TrainingCancelled, match="stopped after step 2"):
        run_qsvm(*irises, on_progress=events.append, should_cancel=lambda: len(events) >= 2)


def test_group_metrics_stand_for_groups_of_ten_test_rows_or_more(tmp_path):
    lines = IRISES.decode().splitlines()
    grouped = [lines[0].replace("target", "field,target")]
    for row, line in enumerate(lines[1:]):
        cells = line.rsplit(",", 1)
        grouped.append(f"{cells[0]},{'rare' if row < 2 else 'north' if row % 2 else 'south'},{cells[1]}")
    content = "\n".join(grouped).encode()
    spec = small_spec(IRISES, group_columns=["field"])

    metrics = run_qsvm(spec, read_table(spec, {1: write_csv(tmp_path, content)})).metrics

    assert set(metrics["groups"]["quantum"]["field"]) == {"north", "south"}


def test_the_circuit_files_hold_the_feature_map():
    circuit = feature_map_circuit(4, ZzFeatureMap())

    assert as_qasm(circuit) == as_qasm(feature_map_circuit(4, ZzFeatureMap()))
    assert qpy.load(io.BytesIO(as_qpy(circuit)))[0] == circuit
    assert qasm3.dumps(circuit).startswith("OPENQASM 3")


def test_parameters_of_more_than_ten_qubits_stay_in_order():
    names = [
        parameter.name
        for parameter in feature_map_circuit(12, ZzFeatureMap(reps=1, entanglement="linear")).parameters
    ]

    assert names == [f"x_{index:02d}" for index in range(12)]


def test_breast_cancer_reaches_its_known_accuracy_beside_its_baselines(tmp_path):
    content = breast_cancer_csv()
    fields = spec_fields(
        content,
        qubits=4,
        algorithm={"c_grid": [1, 10], "bandwidth_grid": [0.05, 0.1]},
        baselines={"c_grid": [1, 10], "gamma_grid": [0.3, 1]},
    )
    spec = type(small_spec(content)).model_validate_json(json.dumps(fields))

    metrics = run_qsvm(spec, read_table(spec, {1: write_csv(tmp_path, content)})).metrics

    assert 0.93 < metrics["models"]["quantum"]["mean_accuracy"] < 0.99
    assert 0.96 < metrics["models"]["rbf_all"]["mean_accuracy"] < 0.995
