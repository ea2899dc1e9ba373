"""The cost of intervals for which the rows of test parts are drawn again."""

from qjobs.spec.parts import Splits

ROW_SECONDS = 1.2e-5
"""A thousand draws of one test row."""

MODEL_SECONDS = {"mean": 6e-7, "ranks": 3e-6}
"""Further for each model: one whose score is a mean over rows, or one whose rows are ranked."""


def redrawing_seconds(splits: Splits, rows: int, models: int, *, score: str = "mean") -> float:
    """Of all test parts, for every model at once."""
    test_rows = splits.count * splits.test_fraction * rows
    return test_rows * (ROW_SECONDS + models * MODEL_SECONDS[score])
