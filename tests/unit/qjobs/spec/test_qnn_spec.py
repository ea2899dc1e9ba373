import pytest

from qjobs.rules.dataset_terms import Terms, terms_problem
from qjobs.rules.spec_words import spec_in_words
from qjobs.spec import SpecRefused, build_spec, canonical_bytes, read_spec, request_of
from tests.vectors.qjobs.trained import diabetes_csv, qnn_fields, qnn_spec, regression_spec

SPEC = qnn_spec(shots=500, noise={})
REGRESSION = regression_spec(diabetes_csv(), qubits=3)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"qubits": 40}, "the limit is 20"),
        ({"qubits": 5}, "5 qubits need 5 principal components, the data has 4 features"),
        ({"qubits": 11, "noise": {}}, "5 qubits|11 qubits"),
        ({"shots": 0}, "greater than or equal to 1"),
        ({"algorithm": {"layers": {"count": -1}}}, "greater than or equal to 1"),
        ({"algorithm": {"layers": {"count": 13}}}, "less than or equal to 12"),
        ({"algorithm": {"optimiser": {"name": "sgd"}}}, "algorithm.optimiser"),
        ({"algorithm": {"optimiser": {"name": "l-bfgs"}, "batch_size": 8}}, "batch_size must be null"),
        ({"algorithm": {"task": "regress"}}, "must not name a positive_label"),
        ({"algorithm": {"patience": -1}}, "greater than or equal to 0"),
        ({"parent_models": ["1"]}, "parent_models needs warm_start"),
        ({"datasets": []}, "at least 1"),
        ({"boosting": {"depths": [9]}}, "less than or equal to 8"),
    ],
)
def test_a_spec_that_cannot_be_run_is_refused_with_the_limit(changes, words):
    with pytest.raises(SpecRefused, match=words):
        build_spec(qnn_fields(**changes))


def test_to_classify_needs_a_positive_label():
    dataset = qnn_fields()["datasets"][0]
    columns = {key: value for key, value in dataset["columns"].items() if key != "positive_label"}

    with pytest.raises(SpecRefused, match="must name a positive_label"):
        build_spec(qnn_fields(datasets=[{**dataset, "columns": columns}]))


def test_a_spec_goes_through_its_bytes_and_the_request_names_the_algorithm():
    for spec in (SPEC, REGRESSION):
        assert read_spec(canonical_bytes(spec)) == spec
        assert request_of(spec).algorithm == "qnn"


def test_the_words_name_what_decides_the_result():
    words, numbers = (" ".join(spec_in_words(spec)) for spec in (SPEC, REGRESSION))

    for part in (
        "dataset 1 version 1",
        "being '1'",
        "1 layers of real-amplitudes",
        "Adam",
        "500 measurements",
    ):
        assert part in words
    assert "boosted trees" in words
    assert "'progression', a number" in numbers
    assert "kernel ridge regression" in numbers


def test_a_dataset_whose_rows_may_not_be_in_a_model_allows_the_job():
    assert terms_problem(Terms(False, True, (), "never"), "qnn") is None
    assert "allows only qsvm" in terms_problem(Terms(False, True, ("qsvm",), "never"), "qnn")
