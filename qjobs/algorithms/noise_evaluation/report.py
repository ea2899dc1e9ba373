"""The evaluation's part of metrics.json: what follows from the counts; the same on every machine."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.noise_evaluation.measurements import Counts
from qjobs.algorithms.noise_evaluation.readout import flips, read_right, without_noise
from qjobs.algorithms.noise_evaluation.trial import DEVICE, FOLDED, IDEAL, READOUT, Trial, exact_chances
from qjobs.spec.noise import NoiseEvaluation

REDRAWS = 100
REDRAW_SEED = 20261
TAIL = 2.5
METHOD = f"percentile, 95 %, over {REDRAWS} redraws of the counts"
EXACT = "ideal"
MITIGATED, EXTRAPOLATED = "readout_mitigated", "zero_noise"


def noise_report(evaluation: NoiseEvaluation, trial: Trial, counts: Counts) -> dict[str, Any]:
    """On the device and with the shots that the spec asks for."""
    return report_of(trial, counts, device=evaluation.device.model_dump(mode="json"), shots=evaluation.shots)


def report_of(trial: Trial, counts: Counts, *, device: Mapping[str, Any], shots: int) -> dict[str, Any]:
    """`score` and `mean_error`, the distance from the exact answers, of each way to evaluate the model.

    Intervals are of the measurements alone: the model and the rows stay the same.
    """
    exact = trial.answers(exact_chances(trial))
    found = _answers(trial, counts)
    redrawn = _redrawn(trial, counts)
    return {
        "device": device,
        "shots": shots,
        "circuits": trial.shape[0] * trial.shape[1],
        "rows": trial.rows,
        "score": trial.score_name,
        "readout_error": float(flips(counts[f"{DEVICE}_{READOUT}"]).mean()),
        "interval_method": METHOD,
        "values": {
            EXACT: {"score": trial.score(exact), "interval": None, "mean_error": 0.0},
            **{
                name: {
                    "score": trial.score(answers),
                    "interval": [float(end) for end in np.percentile(redrawn[name], [TAIL, 100 - TAIL])],
                    "mean_error": float(np.abs(answers - exact).mean()),
                }
                for name, answers in found.items()
            },
        },
    }


def _answers(trial: Trial, counts: Counts) -> Mapping[str, NDArray]:
    """From counts to the answers of each way, in the order of a page's table."""
    shares = {name: each / each.sum(axis=1, keepdims=True) for name, each in counts.items()}
    ideal, once, thrice = (shares[name].reshape(trial.shape) for name in (IDEAL, DEVICE, FOLDED))
    once_right = read_right(once, flips(counts[f"{DEVICE}_{READOUT}"]))
    thrice_right = read_right(thrice, flips(counts[f"{FOLDED}_{READOUT}"]))
    chances = {
        IDEAL: ideal,
        DEVICE: once,
        MITIGATED: once_right,
        EXTRAPOLATED: without_noise(once_right, thrice_right),
    }
    return {name: trial.answers(each) for name, each in chances.items()}


def _redrawn(trial: Trial, counts: Counts) -> Mapping[str, list[float]]:
    """Scores where the same shares are measured again: the parametric bootstrap (Efron and Tibshirani 1993,
    section 6.5)."""
    dice = np.random.default_rng(REDRAW_SEED)
    scores: dict[str, list[float]] = {}
    for _ in range(REDRAWS):
        again = {
            name: dice.multinomial(each[0].sum(), each / each.sum(axis=1, keepdims=True))
            for name, each in sorted(counts.items())
        }
        for name, answers in _answers(trial, again).items():
            scores.setdefault(name, []).append(trial.score(answers))
    return scores
