"""Bootstrap intervals in the words of a model card."""

from collections.abc import Callable, Mapping
from typing import Any

from qjobs.algorithms.statistics import BOOTSTRAP


def bootstrap_table(metrics: Mapping[str, Any], name_of: Callable[[str], str]) -> str:
    """Under the table of scores, each model by its name in words; nothing where the document is of a form
    that had no such intervals."""
    if "bootstrap_method" not in metrics:
        return ""
    comparison = metrics["comparison"]
    low, high = comparison[BOOTSTRAP]
    lines = "\n".join(
        f"| {name_of(name)} | {each[BOOTSTRAP][0]:.4f} to {each[BOOTSTRAP][1]:.4f} |"
        for name, each in metrics["models"].items()
    )
    return f"""
The same scores by {metrics["bootstrap_method"]}:

| model | bootstrap interval |
|---|---|
{lines}
| quantum kernel less {name_of(comparison["baseline"])} | {low:+.4f} to {high:+.4f} |
"""
