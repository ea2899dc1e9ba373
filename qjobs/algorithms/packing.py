"""An artefact's files, the same six for every algorithm, and what was measured where anything was."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import rfc8785
from qiskit import QuantumCircuit

from qjobs.algorithms.circuits import as_qasm, as_qpy
from qjobs.algorithms.result import (
    CARD_FILE,
    METRICS_FILE,
    MODEL_FILE,
    PREPROCESSING_FILE,
    QASM_FILE,
    QPY_FILE,
    AlgorithmResult,
)

NOTHING_MEASURED: Mapping[str, bytes] = MappingProxyType({})


def packed(
    *,
    model: bytes,
    preprocessing: Mapping[str, Any],
    circuit: QuantumCircuit,
    metrics: Mapping[str, Any],
    card: str,
    measurements: Mapping[str, bytes] = NOTHING_MEASURED,
) -> AlgorithmResult:
    """The files by name; JSON in the canonical form of RFC 8785, so that equal results are equal bytes."""
    files = {
        MODEL_FILE: model,
        PREPROCESSING_FILE: rfc8785.dumps(dict(preprocessing)),
        QASM_FILE: as_qasm(circuit),
        QPY_FILE: as_qpy(circuit),
        METRICS_FILE: rfc8785.dumps(dict(metrics)),
        CARD_FILE: card.encode(),
        **measurements,
    }
    return AlgorithmResult(files, metrics)
