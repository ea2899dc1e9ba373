"""metrics.json: what the components keep of the rows, beside classical ones; the same on every machine."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from qjobs.algorithms.geometry import geometry_beside, picked_rows
from qjobs.algorithms.qpca.components import HeldOut
from qjobs.algorithms.qpca.density import density_report
from qjobs.algorithms.qpca.rows import Features
from qjobs.algorithms.qpca.training import QUANTUM, Outcome, TrainedQpca, classical_families
from qjobs.algorithms.statistics import (
    METHOD,
    CorrectedMean,
    corrected_mean,
    redrawn_rows,
    verdict_on,
    with_bootstrap,
)
from qjobs.spec import ReductionSpec, spec_digest

SCHEMA = "qommons/metrics/qpca/2"
FIRST_SCHEMA = "qommons/metrics/qpca/1"
SCHEMAS = (FIRST_SCHEMA, SCHEMA)
"""Every form of the document that a result may have been posted in; a new result is in the last one."""

GROUP_ROWS = 10
"""As many different rows at least stand behind what is told of a group's value."""

MODEL_NAMES = {
    "quantum": "quantum kernel",
    "pca_all": "PCA, all features",
    "rbf_reduced": "RBF kernel, reduced features",
    "rbf_all": "RBF kernel, all features",
}


def forms_of(spec: ReductionSpec) -> tuple[str, ...]:
    """Those that a result of this spec may be posted in: none from before what the spec asks for."""
    is_later = bool(spec.group_columns) or spec.noise_evaluation is not None
    return (SCHEMA,) if is_later else SCHEMAS


def metrics_of(
    spec: ReductionSpec, features: Features, trained: TrainedQpca, *, schema: str = SCHEMA
) -> Mapping[str, Any]:
    """The document as JSON values, in one of its forms."""
    first, components = trained.splits[0], trained.components
    ratio = len(first.test) / len(first.train)
    kept = {name: [each.given_back for each in outcomes] for name, outcomes in trained.outcomes.items()}
    models = {name: corrected_mean(each, ratio) for name, each in kept.items()}
    baseline = max((name for name in kept if name != QUANTUM), key=lambda name: models[name].mean)
    pairs = zip(kept[QUANTUM], kept[baseline], strict=True)
    difference = corrected_mean([mine - theirs for mine, theirs in pairs], ratio)
    verdict = verdict_on(difference)
    document = {
        "schema": schema,
        "spec_digest": spec_digest(spec),
        "algorithm": spec.algorithm.name,
        "rows": len(features),
        "features": len(features.names),
        "qubits": spec.qubits,
        "components": spec.algorithm.components,
        "splits": [
            {name: _outcome(outcomes[number]) for name, outcomes in trained.outcomes.items()}
            for number in range(len(trained.splits))
        ],
        "measure": "share of the held-out rows' variance given back by a linear map of the components",
        "models": {name: _interval(each) for name, each in models.items()},
        "interval_method": METHOD,
        "comparison": {"baseline": baseline, **_interval(difference), "p_value": difference.p_value},
        "final_model": {
            "bandwidth": trained.bandwidth,
            "eigenvalues": components.eigenvalues.tolist(),
            "explained": components.shares.tolist(),
            "variance": components.total,
        },
        "density": density_report(spec, trained.states),
        "verdict": verdict,
        "verdict_sentence": _sentence(spec, verdict, models, baseline, difference),
    }
    return document if schema == FIRST_SCHEMA else _with_newer(spec, features, trained, document)


def _with_newer(
    spec: ReductionSpec, features: Features, trained: TrainedQpca, document: Mapping[str, Any]
) -> dict[str, Any]:
    """What the second form tells besides the first."""
    compared = (QUANTUM, document["comparison"]["baseline"])
    newer = {
        **document,
        "geometry": _geometry(spec, features, trained),
        "groups": {name: _groups(features, trained, name) for name in compared if features.groups},
    }
    parts = [
        redrawn_rows([outcomes[number].held.scores for outcomes in trained.outcomes.values()])
        for number in range(len(trained.splits))
    ]
    return with_bootstrap(newer, parts, QUANTUM)


def _geometry(spec: ReductionSpec, features: Features, trained: TrainedQpca) -> dict[str, Any]:
    """Of the final kernel, at its bandwidth."""
    rows = picked_rows(len(features))
    states = trained.states[rows]
    gram = np.abs(states.conj() @ states.T) ** 2
    return geometry_beside(classical_families(spec), gram, features.values[rows])


def _groups(features: Features, trained: TrainedQpca, model: str) -> dict[str, Any]:
    """The share given back a group value, of the variance of its own test rows in all splits; a value with
    fewer than 10 different ones is left out."""
    rows = np.concatenate([split.test for split in trained.splits])
    held = [each.held for each in trained.outcomes[model]]
    missed = np.concatenate([each.missed for each in held])
    away = np.concatenate([each.away for each in held])
    report: dict[str, Any] = {}
    for column, values in features.groups.items():
        own = np.array(values, dtype=object)[rows]
        found = {value: np.flatnonzero(own == value) for value in sorted(set(values))}
        report[column] = {
            value: {
                "test_rows": len(places),
                "given_back": 1 - HeldOut(missed[places], away[places]).error,
            }
            for value, places in found.items()
            if len(np.unique(rows[places])) >= GROUP_ROWS
        }
    return report


def _outcome(outcome: Outcome) -> dict[str, float]:
    return {"width": outcome.width, "given_back": outcome.given_back, "explained": outcome.explained}


def _interval(mean: CorrectedMean) -> dict[str, Any]:
    return {"mean": mean.mean, "interval": [mean.low, mean.high]}


def _sentence(
    spec: ReductionSpec,
    verdict: str,
    models: Mapping[str, CorrectedMean],
    baseline: str,
    difference: CorrectedMean,
) -> str:
    many = spec.algorithm.components
    components = "1 component gives" if many == 1 else f"{many} components give"
    return (
        f"{verdict.capitalize()}: {components} back {models[QUANTUM].mean:.1%} of the variance of rows held "
        f"out with the quantum kernel, {models[baseline].mean:.1%} with the best baseline "
        f"({MODEL_NAMES[baseline]}); difference {100 * difference.mean:+.1f} points, 95 % interval "
        f"{100 * difference.low:+.1f} to {100 * difference.high:+.1f}, p = {difference.p_value:.2g} over "
        f"{spec.splits.count} splits."
    )
