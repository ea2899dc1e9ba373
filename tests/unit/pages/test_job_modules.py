"""The modules of a job's page, run in Node as they are, and the words that they are fed with."""

import json
import subprocess
from pathlib import Path

import pytest

from qjobs.rules.curves import MAX_SERIES, curves_of, series_of
from tests.tools import require_tool

CURVE = Path(__file__).parents[3] / "static" / "jobs" / "curve.js"


def test_figures_become_columns_with_holes_where_a_curve_has_no_value() -> None:
    figures = [
        {"series": "quantum", "step": 5, "value": 0.5},
        {"series": "rbf", "step": 2, "value": 0.25},
        {"series": "quantum", "step": 1, "value": 0},
    ]
    source = CURVE.read_bytes().hex()
    script = f"""
        const source = Buffer.from("{source}", "hex").toString("base64");
        const m = await import(`data:text/javascript;base64,${{source}}`);
        process.stdout.write(JSON.stringify(m.columnsOf({json.dumps(figures)})));
    """

    done = subprocess.run(
        [require_tool("node", how="make setup"), "--input-type=module", "-e", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "names": ["quantum", "rbf"],
        "columns": [[1, 2, 5], [0, None, 0.5], [None, 0.25, None]],
    }


@pytest.mark.parametrize(
    ("stage", "message", "series"),
    [
        ("splits", "split 2 of 5: rbf_all", "RBF-SVM on all features"),
        ("energy", "iteration 7", "energy"),
        ("energy", "what: ", "energy"),
        ("x" * 60, "", "x" * 40),
    ],
)
def test_series_is_the_method_after_the_colon_or_the_stage(stage: str, message: str, series: str) -> None:
    assert series_of(stage, message) == series


def test_curves_leave_out_steps_without_a_figure_and_keep_a_repeated_steps_last_value() -> None:
    steps = [("s", "one", 1, 0.5), ("s", "two", 2, None), ("s", "one again", 1, 0.75), ("s", "a: b", 3, 1.0)]

    found = [(curve.name, curve.points) for curve in curves_of(steps)]

    assert found == [("s", ((1, 0.75),)), ("b", ((3, 1.0),))]


def test_no_more_curves_are_drawn_than_a_reader_can_tell_apart() -> None:
    assert len(curves_of(("s", f"step: {number}", 1, 1.0) for number in range(99))) == MAX_SERIES
