"""What searches found is kept: a run that goes on makes none of them again, and its result is the same."""

import pytest
from safetensors.numpy import load

from qjobs.algorithms.checkpoints import Choices
from qjobs.algorithms.preprocessing import in_posted_form
from qjobs.algorithms.progress import ignore_progress, never_cancel
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.rows import TableBytes
from qjobs.spec import spec_digest
from tests.vectors.qjobs.machines import machine_spec, numbers_csv, three_classes_csv
from tests.vectors.qjobs.reductions import FLOWERS, reduction_spec
from tests.vectors.qjobs.specs import small_spec, two_irises_csv

IRISES, CLASSES, NUMBERS = two_irises_csv(), three_classes_csv(), numbers_csv(80)
SEARCHES = (
    "qjobs.algorithms.selection._searched",
    "qjobs.algorithms.machines.fitting._chosen",
    "qjobs.algorithms.machines.fitting.best_aligned",
    "qjobs.algorithms.machines.baselines.loss_of",
    "qjobs.algorithms.qpca.training._searched_width",
)
ALIGNED = {"bandwidth_by": "alignment"}
CASES = {
    "qsvm": (small_spec(IRISES, splits={"count": 2}), IRISES, 2 * 5 + 1),
    "aligned": (machine_spec(CLASSES, "classify", algorithm=ALIGNED), CLASSES, 2 * (2 + 3) + 2),
    "numbers": (machine_spec(NUMBERS, "regress"), NUMBERS, 2 * 4 + 1),
    "qpca": (reduction_spec(), FLOWERS, 3 * 3 + 1),
}


@pytest.mark.parametrize(("spec", "content", "searches"), CASES.values(), ids=CASES)
def test_run_that_goes_on_searches_nothing_again(tmp_path, monkeypatch, spec, content, searches):
    algorithm, checkpoint = algorithm_of(spec), tmp_path / "checkpoint"
    rows = algorithm.load(spec, {1: TableBytes(content)})
    whole = algorithm.resume(spec, rows, ignore_progress, never_cancel, checkpoint).files
    for name in SEARCHES:
        monkeypatch.setattr(name, never_searched)

    again = algorithm.resume(spec, rows, ignore_progress, never_cancel, checkpoint).files

    assert len(load(checkpoint.read_bytes())) == searches + 1, "each search, and the spec"
    assert {name: again[name] for name in whole if name != "circuit.qpy"} == {
        name: whole[name] for name in whole if name != "circuit.qpy"
    }
    with pytest.raises(AssertionError, match="searched again"):
        algorithm.run(spec, rows, ignore_progress, never_cancel)


def never_searched(*arguments, **named):
    raise AssertionError("searched again")


def test_searches_of_a_release_that_pre_processed_otherwise_are_made_again(tmp_path):
    spec, checkpoint = small_spec(IRISES), tmp_path / "checkpoint"
    older = in_posted_form(spec, {"preprocessing.json": b'{"schema": "qommons/preprocessing/1"}'})
    Choices.kept_in(checkpoint, older).remembered(lambda: (1.0,), 1)

    assert spec_digest(older) == spec_digest(spec)
    assert Choices.kept_in(checkpoint, older).remembered(never_searched, 1) == (1.0,)
    assert Choices.kept_in(checkpoint, spec).remembered(lambda: (2.0,), 1) == (2.0,)
