"""metrics.json: what was measured, the same fields on every machine; no times and no names of machines."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.geometry import geometry_report, picked_rows
from qjobs.algorithms.preprocessing import leaves_form_open
from qjobs.algorithms.qsvm.training import QUANTUM, SplitOutcome, TrainedQsvm, group_accuracies
from qjobs.algorithms.statistics import (
    METHOD,
    CorrectedMean,
    Redraw,
    compare,
    corrected_mean,
    redrawn_rows,
    with_bootstrap,
)
from qjobs.algorithms.svm import KKT_TOLERANCE, MARGIN, kkt_residual
from qjobs.algorithms.table import Table
from qjobs.spec import LearningSpec, spec_digest

SCHEMA = "qommons/metrics/4"
WITHOUT_BOOTSTRAP = "qommons/metrics/3"
WITHOUT_GEOMETRY = "qommons/metrics/2"
WITHOUT_CONFUSION = "qommons/metrics/1"
SCHEMAS = (WITHOUT_CONFUSION, WITHOUT_GEOMETRY, WITHOUT_BOOTSTRAP, SCHEMA)
"""Every form of the document that a result may have been posted in; a new result is in the last one."""
CONFUSION = "confusion"


def forms_of(spec: LearningSpec) -> tuple[str, ...]:
    """Those that a result of this spec may be posted in: none from before what the spec asks for."""
    is_later = spec.noise_evaluation is not None or not leaves_form_open(spec)
    return (WITHOUT_BOOTSTRAP, SCHEMA) if is_later else SCHEMAS


def metrics_of(
    spec: LearningSpec, table: Table, trained: TrainedQsvm, *, schema: str = SCHEMA
) -> Mapping[str, Any]:
    """The document as JSON values, in one of its forms."""
    first = trained.splits[0]
    test_to_train = len(first.test) / len(first.train)
    accuracies = {name: [each.accuracy for each in outcomes] for name, outcomes in trained.outcomes.items()}
    comparison = compare(accuracies, QUANTUM, test_to_train)
    has_geometry = schema not in (WITHOUT_CONFUSION, WITHOUT_GEOMETRY)
    document = {
        "schema": schema,
        "spec_digest": spec_digest(spec),
        "algorithm": spec.algorithm.name,
        "rows": len(table),
        "positive_rows": int(table.positive.sum()),
        "features": len(table.feature_names),
        "qubits": spec.qubits,
        "splits": [
            _split_report(table, trained, number, schema != WITHOUT_CONFUSION)
            for number in range(len(trained.splits))
        ],
        "models": {name: _interval(corrected_mean(each, test_to_train)) for name, each in accuracies.items()},
        "interval_method": METHOD,
        **comparison.report(),
        "final_model": _final_report(table, trained),
        "groups": {
            name: group_accuracies(table, trained, name, is_row_counted_once=schema == SCHEMA)
            for name in (QUANTUM, comparison.baseline)
            if table.groups
        },
        "margin": MARGIN,
        "kkt_tolerance": KKT_TOLERANCE,
        **({"geometry": _geometry(spec, table, trained)} if has_geometry else {}),
    }
    return with_bootstrap(document, _redrawn(table, trained), QUANTUM) if schema == SCHEMA else document


def _redrawn(table: Table, trained: TrainedQsvm) -> list[Redraw]:
    """Of each test part, for every model whether each row is labelled right."""
    return [
        redrawn_rows(
            [
                ((outcomes[number].decision > 0) == table.positive[split.test]).astype(np.float64)
                for outcomes in trained.outcomes.values()
            ]
        )
        for number, split in enumerate(trained.splits)
    ]


def _geometry(spec: LearningSpec, table: Table, trained: TrainedQsvm) -> dict[str, Any]:
    """Of the final model's kernel, at its bandwidth."""
    rows = picked_rows(len(table))
    return geometry_report(spec, trained.final.gram[np.ix_(rows, rows)], table.features[rows])


def _split_report(table: Table, trained: TrainedQsvm, number: int, has_confusion: bool) -> dict[str, Any]:
    split = trained.splits[number]
    models = {
        name: _outcome_report(outcomes[number], trained.families[name].width_name)
        for name, outcomes in trained.outcomes.items()
    }
    if has_confusion:
        for name, outcomes in trained.outcomes.items():
            models[name][CONFUSION] = _confusion(outcomes[number].decision > 0, table.positive[split.test])
    return {"train_rows": len(split.train), "test_rows": len(split.test), **models}


def _outcome_report(outcome: SplitOutcome, width_name: str | None) -> dict[str, Any]:
    report = {
        "accuracy": outcome.accuracy,
        "balanced_accuracy": outcome.balanced_accuracy,
        "inner_accuracy": outcome.chosen.inner_accuracy,
        "c": outcome.chosen.c,
        "support_vectors": outcome.support_vectors,
        "rows_within_margin": outcome.rows_within_margin,
    }
    if width_name is not None:
        report[width_name] = outcome.chosen.width
    return report


def _confusion(said: NDArray, truth: NDArray) -> dict[str, int]:
    """How many test rows were rightly and wrongly said to be positive and negative."""
    return {
        "true_positive": int((said & truth).sum()),
        "false_negative": int((~said & truth).sum()),
        "false_positive": int((said & ~truth).sum()),
        "true_negative": int((~said & ~truth).sum()),
    }


def _interval(mean: CorrectedMean) -> dict[str, Any]:
    """An accuracy lies in [0, 1], and so does its interval."""
    return {"mean_accuracy": mean.mean, "interval": [max(0.0, mean.low), min(1.0, mean.high)]}


def _final_report(table: Table, trained: TrainedQsvm) -> dict[str, Any]:
    final = trained.final
    off_diagonal = final.gram[~np.eye(len(table), dtype=bool)]
    return {
        "rows": len(table),
        "c": final.chosen.c,
        "bandwidth": final.chosen.width,
        "inner_accuracy": final.chosen.inner_accuracy,
        "support_vectors": len(final.solution.support),
        "kkt_residual": kkt_residual(final.gram, table.positive, final.chosen.c, final.solution),
        "kernel_mean": float(off_diagonal.mean()),
        "kernel_variance": float(off_diagonal.var()),
    }
