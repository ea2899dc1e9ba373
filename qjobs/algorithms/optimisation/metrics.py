"""metrics.json of a choice: what the trained circuits give, beside classical answers, over seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray
from scipy.stats import beta as beta_distribution

from qjobs.algorithms.optimisation.answers import CLASSICAL, QAOA, answers_of_seed, seeds_of
from qjobs.algorithms.optimisation.problem import Choice, Measured, Outlook, bits_of, text_of
from qjobs.algorithms.qaoa.answers import TIE
from qjobs.algorithms.qaoa.circuit import qaoa_circuit
from qjobs.algorithms.qaoa.training import Landscape
from qjobs.algorithms.statistics import CONFIDENCE, CorrectedMean, corrected_mean, verdict_on
from qjobs.algorithms.verdicts import said_on_one_instance
from qjobs.engines.aer import AerEngine
from qjobs.spec import QuboSpec, spec_digest

SCHEMA = "qommons/metrics/qubo/1"
INTERVAL_METHOD = "Student's t, 95 %, over the seeds"
SHARE_METHOD = "Clopper and Pearson 1934, 95 %, over the measurements of one seed"


@dataclass(frozen=True)
class Evaluation:
    """metrics: the document as JSON values; bits: (qubits,) the best choice measured."""

    metrics: Mapping[str, Any]
    bits: NDArray


def evaluate(spec: QuboSpec, choice: Choice, rows: int, landscape: Landscape, angles: NDArray) -> Evaluation:
    """Everything that follows from the angles, (seeds, 2 layers); equal angles give equal documents."""
    outlook, count = Outlook.of(choice, spec.algorithm.penalty, TIE), spec.qubits
    seeds = seeds_of(spec)
    chances = landscape.engine.probabilities(landscape.program, angles)
    outcomes = [
        landscape.engine.sample(landscape.program, angles[number : number + 1], spec.shots, seed)[0]
        for number, seed in enumerate(seeds)
    ]
    answers = [
        answers_of_seed(spec, choice, outlook, measured, seed)
        for measured, seed in zip(outcomes, seeds, strict=True)
    ]
    best = _best([each[QAOA] for each in answers])
    summary = {
        name: _summary([each[name] for each in answers], choice.is_largest) for name in (QAOA, *CLASSICAL)
    }
    verdict, sentence = _verdict(spec, answers, summary)
    metrics = {
        "schema": SCHEMA,
        "spec_digest": spec_digest(spec),
        "algorithm": spec.algorithm.name,
        "problem": spec.algorithm.problem.name,
        "rows": rows,
        "qubits": count,
        "layers": spec.algorithm.layers,
        "goal": "largest" if choice.is_largest else "smallest",
        "penalty": {"bound": choice.bound, "weight": spec.algorithm.penalty * choice.bound},
        "choices": {
            "all": len(outlook.values),
            "allowed": int(outlook.allowed.sum()),
            "optimal": int(outlook.optimal.sum()),
            "best": outlook.best,
            "worst": outlook.worst,
        },
        "answer": _reported(best, count),
        "seeds": [
            {
                "seed": seed,
                **_chances_report(outlook, chances[number]),
                **_sampled_report(outlook, outcomes[number]),
                "answers": {name: _reported(each, count) for name, each in answers[number].items()},
            }
            for number, seed in enumerate(seeds)
        ],
        "answers": {**summary, "exact": {"best": outlook.best, "allowed_share": 1.0, "mean_quality": 1.0}},
        "allowed_probability": _mean_report(chances @ outlook.allowed),
        "interval_method": INTERVAL_METHOD,
        "share_interval_method": SHARE_METHOD,
        "noisy": _noisy_report(spec, landscape, outlook, angles),
        "verdict": verdict,
        "verdict_sentence": sentence,
    }
    return Evaluation(metrics, bits_of(best.state, count))


def _best(found: Sequence[Measured]) -> Measured:
    """Allowed before not, then by quality, else by energy; of equals that of the first seed."""
    best = found[0]
    for each in found[1:]:
        is_nearer = each.energy < best.energy - TIE * max(1.0, abs(best.energy))
        is_better = each.quality > best.quality + TIE if best.is_allowed else is_nearer
        if each.is_allowed > best.is_allowed or (each.is_allowed == best.is_allowed and is_better):
            best = each
    return best


def _reported(one: Measured, count: int) -> dict[str, Any]:
    return {
        "bits": text_of(one.state, count),
        "energy": one.energy,
        "value": one.value,
        "is_allowed": one.is_allowed,
        "quality": one.quality,
    }


def _summary(found: Sequence[Measured], is_largest: bool) -> dict[str, Any]:
    """One way of answering over all seeds; `best` is None where no seed kept the constraints."""
    values = [each.value for each in found if each.is_allowed]
    mean = corrected_mean([each.quality for each in found], 0.0)
    return {
        "best": (max(values) if is_largest else min(values)) if values else None,
        "allowed_share": len(values) / len(found),
        "mean_quality": mean.mean,
        "interval": _share(mean),
    }


def _chances_report(outlook: Outlook, chances: NDArray) -> dict[str, Any]:
    return {
        "expected_energy": float(chances @ outlook.energies),
        "expected_quality": float(chances @ outlook.qualities),
        "allowed_probability": float(chances[outlook.allowed].sum()),
        "optimum_probability": float(chances[outlook.optimal].sum()),
    }


def _sampled_report(outlook: Outlook, outcomes: NDArray) -> dict[str, Any]:
    shots, kept = len(outcomes), int(outlook.allowed[outcomes].sum())
    side = (1 - CONFIDENCE) / 2
    low = float(beta_distribution.ppf(side, kept, shots - kept + 1)) if kept else 0.0
    high = float(beta_distribution.ppf(1 - side, kept + 1, shots - kept)) if kept < shots else 1.0
    return {
        "shots": shots,
        "mean_energy": float(outlook.energies[outcomes].mean()),
        "mean_quality": float(outlook.qualities[outcomes].mean()),
        "allowed_share": kept / shots,
        "allowed_interval": [low, high],
        "optimum_share": float(outlook.optimal[outcomes].mean()),
    }


def _mean_report(values: NDArray) -> dict[str, Any]:
    mean = corrected_mean(values.tolist(), 0.0)
    return {"mean": mean.mean, "interval": _share(mean)}


def _share(mean: CorrectedMean) -> list[float]:
    """A quality or a probability lies in [0, 1], and so does its interval."""
    return [max(0.0, mean.low), min(1.0, mean.high)]


def _noisy_report(
    spec: QuboSpec, landscape: Landscape, outlook: Outlook, angles: NDArray
) -> dict[str, Any] | None:
    """The first seed's circuit on the spec's noisy device, as infinitely many shots would show it."""
    if spec.noise is None:
        return None
    engine = AerEngine(spec.limits.memory_bytes, noise=spec.noise)
    program = engine.compile(qaoa_circuit(landscape.ising, spec.algorithm.layers))
    chances = engine.probabilities(program, angles[:1])[0]
    return {"noise": spec.noise.model_dump(mode="json"), **_chances_report(outlook, chances)}


def _verdict(
    spec: QuboSpec, answers: Sequence[Mapping[str, Measured]], summary: Mapping[str, Mapping[str, Any]]
) -> tuple[str, str]:
    """Against the best of the classical answers by mean quality, paired seed by seed."""
    rival = max(CLASSICAL, key=lambda name: summary[name]["mean_quality"])
    gaps = [each[QAOA].quality - each[rival].quality for each in answers]
    difference = corrected_mean(gaps, 0.0)
    if difference.low == difference.high and difference.mean != 0:
        # Equal gaps have no spread to go by: only their signs speak (sign test, two-sided).
        difference = replace(difference, p_value=2.0 ** (1 - len(gaps)))
    verdict = verdict_on(difference)
    return verdict, _sentence(spec, verdict, summary, difference)


def _sentence(
    spec: QuboSpec, verdict: str, summary: Mapping[str, Mapping[str, Any]], difference: CorrectedMean
) -> str:
    means = {name: each["mean_quality"] for name, each in summary.items()}
    low, high = summary[QAOA]["interval"]
    return (
        f"{said_on_one_instance(verdict)}: on the scale from the worst allowed choice to the best one the "
        f"best of {spec.shots} measurements reaches {means[QAOA]:.1%} on average over "
        f"{spec.algorithm.seeds} seeds (95 % interval {low:.1%} to {high:.1%}), simulated annealing "
        f"{means['annealing']:.1%}, the greedy choice {means['greedy']:.1%}, the best of {spec.shots} random "
        f"allowed choices {means['random']:.1%}; {summary[QAOA]['allowed_share']:.0%} of the seeds measured "
        f"an allowed choice. Difference to the best of these {100 * difference.mean:+.1f} points, 95 % "
        f"interval {100 * difference.low:+.1f} to {100 * difference.high:+.1f}."
    )
