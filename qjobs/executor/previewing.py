"""Draws what a spec would run, from the spec alone: the preview worker has no access to any data."""

import structlog

from common.errors import PermanentError
from qjobs.algorithms.registry import algorithm_of
from qjobs.models import SpecDocument
from qjobs.spec import build_spec

log = structlog.get_logger()
MAX_DRAWING_CHARACTERS = 200_000
TOO_LARGE = "The circuit is too large to be drawn here; its counts are in the estimate."


def draw_preview(digest: str) -> None:
    """Writes the circuit's drawing beside the spec; does nothing where it is there already."""
    document = SpecDocument.objects.filter(pk=digest, preview_state=SpecDocument.Preview.WAITING).first()
    if document is None:
        return
    waiting = SpecDocument.objects.filter(pk=digest, preview_state=SpecDocument.Preview.WAITING)
    try:
        drawing = circuit_drawing(document.spec)
    except PermanentError as error:
        waiting.update(preview_state=SpecDocument.Preview.FAILED, preview_problem=error.message)
        log.warning("preview_failed", digest=digest, reason=error.message)
        return
    waiting.update(preview_state=SpecDocument.Preview.READY, circuit_text=drawing)


def circuit_drawing(spec_fields: dict) -> str:
    """The circuit in Qiskit's text drawing, unfolded: a page scrolls it sideways."""
    spec = build_spec(spec_fields)
    circuit = algorithm_of(spec).circuit(spec)
    drawing = str(circuit.draw(output="text", fold=-1))
    return drawing if len(drawing) <= MAX_DRAWING_CHARACTERS else TOO_LARGE
