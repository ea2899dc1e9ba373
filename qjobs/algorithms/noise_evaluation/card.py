"""An evaluation in the words of a model card."""

from collections.abc import Mapping
from typing import Any

WORDS = {
    "ideal": "exact values",
    "shots": "measured, no errors",
    "device": "measured on the device",
    "readout_mitigated": "on the device, readout corrected",
    "zero_noise": "on the device, readout corrected, extrapolated to no noise",
    "service": "on the device, values corrected by its service",
}


def device_in_words(device: Mapping[str, Any]) -> str:
    if device["engine"] == "ibm-runtime":
        return f"`{device['backend']}`, a snapshot of a real device's calibration"
    noise = device["noise"]
    return (
        f"a simulated device with errors of {noise['one_qubit_error']:g} a gate on one qubit, "
        f"{noise['two_qubit_error']:g} on two and {noise['readout_error']:g} a readout"
    )


def noise_section(metrics: Mapping[str, Any]) -> str:
    """Nothing where nothing was evaluated."""
    report = metrics.get("noise_evaluation")
    if report is None:
        return ""
    on_rows = f" on {report['rows']} of the training rows" if report["rows"] else ""
    lines = "\n".join(
        f"| {WORDS[name]} | {each['score']:.4f} | {_interval(each['interval'])} | {each['mean_error']:.4f} |"
        for name, each in report["values"].items()
    )
    return f"""
## What hardware would do

Evaluated{on_rows} with {report["shots"]} measurements of each of {report["circuits"]} circuits, on
{device_in_words(report["device"])}. Intervals: {report["interval_method"]}.

| evaluated | {report["score"]} | interval | mean error |
|---|---|---|---|
{lines}
"""


def _interval(ends: list[float] | None) -> str:
    return "" if ends is None else f"{ends[0]:.4f} to {ends[1]:.4f}"
