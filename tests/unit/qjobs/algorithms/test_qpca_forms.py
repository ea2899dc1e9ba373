"""What the newer form of a QPCA's metrics tells beside the older one, which still matches."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.geometry import geometric_difference
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.qpca.components import HeldOut
from qjobs.algorithms.qpca.metrics import FIRST_SCHEMA, SCHEMAS, _groups, forms_of
from qjobs.algorithms.qpca.model import read_preprocessing
from qjobs.algorithms.qpca.rows import read_features
from qjobs.algorithms.qpca.training import train
from qjobs.algorithms.registry import ALGORITHMS
from qjobs.algorithms.rows import TableBytes
from qjobs.algorithms.statistics import bootstrap_interval
from qjobs.rules.spec_words import spec_in_words
from qjobs.spec import SpecRefused, canonical_bytes, read_spec, spec_digest
from tests.vectors.qjobs.reductions import FLOWERS, reduction_spec

QPCA = ALGORITHMS["qpca"]
FIRST = Path(__file__).parents[3] / "vectors" / "qjobs" / "qpca_1"
OF_KIND = ["one | kind"] * 30 + ["another"] * 27 + ["few"] * 3


def with_kinds() -> bytes:
    """The flowers with a column of text; of the last kind there are too few."""
    header, *lines = FLOWERS.decode().splitlines()
    rows = [f"{line},{kind}" for line, kind in zip(lines, OF_KIND, strict=True)]
    return "\n".join([f"{header},kind", *rows]).encode()


GROUPED = reduction_spec(with_kinds(), group_columns=["kind"], splits={"count": 2, "test_fraction": 0.3})
ROWS = read_features(GROUPED, {1: TableBytes(with_kinds())})


@pytest.fixture(scope="module")
def trained():
    with threadpool_limits(limits=1):
        return train(GROUPED, ROWS, ignore_progress, never_cancel)


@pytest.fixture(scope="module")
def result():
    with threadpool_limits(limits=1):
        return QPCA.run(GROUPED, ROWS, ignore_progress, never_cancel)


def wrong(spec, rows, files):
    return [each.field for each in QPCA.certify(spec, rows, files, ignore_progress) if not each.agrees]


def posted(document):
    return {"metrics.json": json.dumps(document).encode()}


def test_components_of_the_first_release_keep_their_digest_and_still_agree():
    names = ("model.safetensors", "preprocessing.json", "circuit.qasm", "metrics.json", "README.md")
    files = {name: (FIRST / name).read_bytes() for name in names}
    spec = read_spec((FIRST / "spec.json").read_bytes())
    rows = read_features(spec, {1: TableBytes(FLOWERS)})

    assert spec == reduction_spec()
    assert canonical_bytes(spec) == (FIRST / "spec.json").read_bytes()
    assert spec_digest(spec) == "0xd35fd2894d99d37b1e3f0263768b29dc326d306515ae042e0fca5c5929313581"
    assert json.loads(files["metrics.json"])["schema"] == FIRST_SCHEMA
    assert wrong(spec, rows, files) == []
    newer = QPCA.run(spec, rows, ignore_progress, never_cancel).files
    assert wrong(spec, rows, newer) == []
    mixed = {**newer, "metrics.json": files["metrics.json"]}
    assert wrong(spec, rows, mixed) != []


def test_a_spec_that_asks_for_groups_takes_no_form_without_them(result):
    document = json.loads(result.files["metrics.json"])
    older = {name: each for name, each in document.items() if name not in ("geometry", "groups")}

    assert wrong(GROUPED, ROWS, result.files) == []
    assert "metrics.json groups" in wrong(GROUPED, ROWS, posted(older | {"schema": FIRST_SCHEMA}))
    assert b"group_columns" in canonical_bytes(GROUPED)
    assert read_spec(canonical_bytes(GROUPED)) == GROUPED
    assert "for each value of the columns kind that" in " ".join(spec_in_words(GROUPED))


def test_a_spec_that_asks_for_an_evaluation_takes_no_form_from_before_there_was_one():
    assert forms_of(reduction_spec()) == SCHEMAS
    assert forms_of(reduction_spec(noise_evaluation={"rows": 2})) == SCHEMAS[1:]


def test_a_row_that_is_tested_in_many_splits_counts_once_in_its_group(trained):
    nine = replace(ROWS, groups={"kind": ("nine",) * 9 + ("others",) * (len(ROWS) - 9)})
    first = [replace(each, test=np.arange(9)) for each in trained.splits]
    held = HeldOut(np.ones(9), np.ones(9))
    outcomes = {
        name: [replace(each, held=held) for each in found] for name, found in trained.outcomes.items()
    }

    assert _groups(nine, replace(trained, splits=first, outcomes=outcomes), "quantum") == {"kind": {}}


def test_each_group_is_told_what_is_given_back_of_its_own_rows_and_few_rows_are_not_told(result, trained):
    document = result.metrics
    tested = Counter(OF_KIND[row] for split in trained.splits for row in split.test)
    baseline = document["comparison"]["baseline"]

    assert 0 < tested["few"] < 10
    assert set(document["groups"]) == {"quantum", baseline}
    for name, report in document["groups"].items():
        assert set(report["kind"]) == {"one | kind", "another"}
        for value, said in report["kind"].items():
            missed = away = 0.0
            for split, outcome in zip(trained.splits, trained.outcomes[name], strict=True):
                own = [place for place, row in enumerate(split.test) if OF_KIND[row] == value]
                missed += float(outcome.held.missed[own].sum())
                away += float(outcome.held.away[own].sum())
            assert said["test_rows"] == tested[value]
            assert said["given_back"] == pytest.approx(1 - missed / away, abs=1e-12)
    assert "| kind: one / kind |" in result.files["README.md"].decode()


@pytest.mark.parametrize("name", ["quantum", "pca_all"])
def test_scores_of_single_rows_have_the_models_score_as_their_mean(trained, name):
    for outcome in trained.outcomes[name]:
        assert outcome.held.scores.mean() == pytest.approx(outcome.given_back, abs=1e-12)


def test_rows_that_are_all_the_training_mean_have_nothing_to_give_back():
    nothing = HeldOut(np.array([0.5, 0.0]), np.zeros(2))

    assert nothing.error == 1
    assert nothing.scores.tolist() == [0, 0]


def test_bootstrap_intervals_are_of_every_model_and_of_the_paired_difference(result, trained):
    document = result.metrics

    def scores(name):
        return [outcome.held.scores for outcome in trained.outcomes[name]]

    for name, report in document["models"].items():
        low, high = report["bootstrap_interval"]
        assert [low, high] == pytest.approx(bootstrap_interval(scores(name)), abs=0.1 * (high - low))
        assert low <= report["mean"] <= high
    pairs = zip(scores("quantum"), scores(document["comparison"]["baseline"]), strict=True)
    low, high = bootstrap_interval([mine - theirs for mine, theirs in pairs])
    told = document["comparison"]["bootstrap_interval"]
    assert told == pytest.approx([low, high], abs=0.1 * (high - low))


def test_the_final_kernel_is_compared_with_every_classical_one(result, trained):
    geometry = result.metrics["geometry"]
    gram = np.abs(trained.states.conj() @ trained.states.T) ** 2
    standard = read_preprocessing(result.files["preprocessing.json"]).standardiser.apply(ROWS.values)

    assert set(geometry["geometric_difference"]) == {"pca_all", "rbf_reduced", "rbf_all"}
    linear = geometric_difference(gram, standard @ standard.T)
    assert geometry["geometric_difference"]["pca_all"]["g"] == pytest.approx(linear, abs=1e-9)
    off_diagonal = gram[~np.eye(len(gram), dtype=bool)]
    assert geometry["kernel_variance"] == pytest.approx(off_diagonal.var(), abs=1e-12)
    assert "geometric difference" in result.files["README.md"].decode()


@pytest.mark.parametrize(
    "path",
    [
        ("geometry", "geometric_difference", "rbf_all", "g"),
        ("groups", "quantum", "kind", "another", "given_back"),
        ("models", "rbf_all", "bootstrap_interval", 0),
        ("comparison", "bootstrap_interval", 1),
    ],
)
def test_a_lie_in_what_the_newer_form_tells_is_found_and_named(result, path):
    document = json.loads(result.files["metrics.json"])
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] += 1e-6

    named = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in path)[1:]
    assert wrong(GROUPED, ROWS, posted(document)) == [f"metrics.json {named}"]


def test_a_group_column_that_is_not_there_is_refused():
    with pytest.raises(DatasetRefused, match="no column 'kind'"):
        read_features(GROUPED, {1: TableBytes(FLOWERS)})


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (["kind", "kind"], "names 'kind' twice"),
        ([f"kind {number}" for number in range(9)], "at most 8"),
        (["kind\0"], "String should match pattern"),
    ],
)
def test_group_columns_that_cannot_be_are_refused(columns, words):
    with pytest.raises(SpecRefused, match=words):
        reduction_spec(group_columns=columns)


def test_no_group_columns_are_no_part_of_the_document():
    assert spec_digest(reduction_spec(group_columns=[])) == spec_digest(reduction_spec())
