"""What hardware would do, in words: what a spec asks for, and what a metrics document found."""

from collections.abc import Iterator, Mapping
from typing import Any

from qjobs.rules.answers import Answer, AnswerTable
from qjobs.rules.dataset_terms import tells_measured_rows
from qjobs.spec import JobSpec, LearningSpec
from qjobs.spec.document import EXACT_ENGINE
from qjobs.spec.noise import AerDevice, AnyDevice

LARGEST = 1e12
NO_NOISE = "Says nothing about noise."
WAYS = {
    "ideal": "Exact values",
    "shots": "Measured, without errors",
    "device": "Measured on the device",
    "readout_mitigated": "The same, readout corrected",
    "zero_noise": "The same, extrapolated to no noise",
}


def noise_in_words(spec: JobSpec) -> list[str]:
    """Sentences for what is measured; none where all is exact."""
    said = []
    if isinstance(spec, LearningSpec) and spec.engine != EXACT_ENGINE:
        where = "a device without errors" if spec.device is None else device_in_words(spec.device)
        said.append(
            f"Measures every kernel entry of the training {spec.shots} times on {where}, by the "
            f"{spec.engine} engine; predictions take the exact kernel."
        )
    evaluation = spec.noise_evaluation
    if evaluation is not None:
        said.append(
            f"Then measures the trained model {evaluation.shots} times a circuit on "
            f"{device_in_words(evaluation.device)}, by the {evaluation.device.engine} engine, as it is, with "
            "the readout corrected and extrapolated to no noise."
        )
    if tells_measured_rows(spec):
        told = "all" if evaluation is None else f"up to {evaluation.rows}"
        said.append(f"The counts are public, and tell {told} of the rows.")
    if spec.is_statistical:
        said.append(
            "What is measured is drawn by chance, from the seed of this spec: a check draws it again and "
            "compares every count."
        )
    return said


def exact_noise_in_words(spec: JobSpec, more: str = "") -> list[str]:
    """One sentence for what is computed with `noise`, or for that nothing is said of any. `more`: its end."""
    noise = spec.noise
    if noise is None:
        return [] if spec.noise_evaluation else [NO_NOISE]
    return [
        f"Then says what a device would give with errors of {noise.one_qubit_error:g} a gate on one qubit, "
        f"{noise.two_qubit_error:g} on two and {noise.readout_error:g} a readout{more}."
    ]


def device_in_words(device: AnyDevice) -> str:
    """Which device, and how good it is."""
    if isinstance(device, AerDevice):
        noise = device.noise
        return (
            f"a simulated device with errors of {noise.one_qubit_error:g} a gate on one qubit, "
            f"{noise.two_qubit_error:g} on two and {noise.readout_error:g} a readout"
        )
    return f"{device.backend}, a snapshot of a real device's calibration"


def noise_tables(metrics: Mapping[str, Any]) -> Iterator[AnswerTable]:
    """The evaluation's table, from a document that anybody may have posted."""
    report = metrics.get("noise_evaluation")
    if not isinstance(report, Mapping):
        return
    values = report.get("values")
    found = {name: values.get(name) for name in WAYS} if isinstance(values, Mapping) else {}
    answers = [
        Answer(words, score, _interval_in_words(found[name]), name == "device")
        for name, words in WAYS.items()
        if (score := _number(found.get(name), "score")) is not None
    ]
    if answers:
        yield AnswerTable("What hardware would do", _measure_in_words(report), tuple(answers))


def _measure_in_words(report: Mapping[str, Any]) -> str:
    device = report.get("device")
    name = str(device.get("backend") or "a simulated noisy device") if isinstance(device, Mapping) else "?"
    rows, shots, circuits = (_number(report, each) for each in ("rows", "shots", "circuits"))
    on_rows = f" on {rows:.0f} of the training rows" if rows else ""
    return (
        f"{str(report.get('score'))[:40].capitalize()} of the trained model{on_rows}, {shots or 0:.0f} "
        f"measurements of each of {circuits or 0:.0f} circuits on {name[:60]}; intervals of 95 % over the "
        "measurements."
    )


def _interval_in_words(entry: Any) -> str:
    ends = entry.get("interval") if isinstance(entry, Mapping) else None
    if not isinstance(ends, list) or len(ends) != 2:
        return ""
    numbers = [_number({"end": end}, "end") for end in ends]
    return "" if None in numbers else f"{numbers[0]:.4g} to {numbers[1]:.4g}"


def _number(entry: Any, name: str) -> float | None:
    value = entry.get(name) if isinstance(entry, Mapping) else None
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST
    return float(value) if is_number and value is not None else None
