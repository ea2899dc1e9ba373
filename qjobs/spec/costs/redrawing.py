"""The cost of intervals for which the rows of test parts are drawn again."""

from qjobs.spec.document import SplitRules

ROW_SECONDS = 1.4e-5
"""A thousand draws of one test row; a fifteenth of it for each model that the row is a share of the score of,
a third where all rows are ranked."""

SHARE_OF_MODEL = {"rows": 1 / 15, "ranks": 1 / 3}


def redrawing_seconds(splits: SplitRules, rows: int, models: int, *, ranked: bool = False) -> float:
    """Of all test parts, for every model at once."""
    each = SHARE_OF_MODEL["ranks" if ranked else "rows"]
    return splits.count * splits.test_fraction * rows * ROW_SECONDS * (1 + each * models)
