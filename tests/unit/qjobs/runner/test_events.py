"""What a child says of its progress is held against what it may be."""

import json

import pytest

from qjobs.runner import RunCrashed
from qjobs.runner.events import progress_of

SAID = {"step": 1, "steps": 2, "stage": "train", "message": "fold 1", "metric": 0.5}


def test_progress_is_read_with_texts_cut_and_figures_that_are_none_left_out() -> None:
    read = progress_of({**SAID, "message": "m" * 10_000, "loss": float("nan")})

    assert (read.step, read.steps, read.metric, read.loss) == (1, 2, 0.5, None)
    assert len(read.message) == 500


@pytest.mark.attack("S16")
@pytest.mark.parametrize(
    "metric", ["1" + "0" * 400, '"x"', "[]", "{}"], ids=["endless", "text", "list", "map"]
)
@pytest.mark.parametrize("name", ["metric", "loss", "seconds_left"])
def test_figure_that_is_no_figure_is_a_crash_of_the_child(name: str, metric: str) -> None:
    with pytest.raises(RunCrashed):
        progress_of({**SAID, name: json.loads(metric)})
