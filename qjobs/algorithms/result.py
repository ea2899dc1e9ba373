"""What every algorithm hands back, and what a check of a posted model finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from qjobs.spec import JobSpec

MODEL_FILE = "model.safetensors"
PREPROCESSING_FILE = "preprocessing.json"
QASM_FILE = "circuit.qasm"
QPY_FILE = "circuit.qpy"
METRICS_FILE = "metrics.json"
CARD_FILE = "README.md"
MEASUREMENTS_FILE = "measurements.safetensors"
FILE_NAMES = (MODEL_FILE, PREPROCESSING_FILE, QASM_FILE, QPY_FILE, METRICS_FILE, CARD_FILE)
"""What every run posts."""

POSTED_NAMES = (*FILE_NAMES, MEASUREMENTS_FILE)
"""All that a run may post."""


def file_names(spec: JobSpec) -> tuple[str, ...]:
    """What a run of this spec posts."""
    return POSTED_NAMES if spec.is_statistical else FILE_NAMES


@dataclass(frozen=True)
class AlgorithmResult:
    """files: name -> bytes of the artefact, metrics and model card included; metrics: the parsed
    metrics.json."""

    files: Mapping[str, bytes]
    metrics: Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """One field of a posted artefact against what was rebuilt. `agrees` None: it could not be checked.

    `versions`: a result of others, as its run record names them, may disagree honestly; `elsewhere` then
    finds what can be told all the same.
    """

    field: str
    agrees: bool | None
    expected: str
    found: str
    note: str = ""
    versions: Mapping[str, str] | None = None
    elsewhere: "Callable[[], Finding] | None" = None
