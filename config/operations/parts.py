"""Which parts of this installation run, as far as this machine can tell."""

import os

from config.stack import doctor_parts
from config.stack.endpoints import read_json
from config.stack.findings import Finding, broken, fine, note
from config.stack.guard import is_locked
from config.stack.layout import Layout, layout_of

RESTARTS_NOTED = 3


def parts() -> list[Finding]:
    """The queue and the content store, and each part of an embedded stack with its restarts."""
    layout = layout_of()
    return [
        doctor_parts.queue(layout, os.environ),
        doctor_parts.content(layout, os.environ),
        *_embedded(layout),
    ]


def _embedded(layout: Layout) -> list[Finding]:
    if not is_locked(layout):
        return [note("processes", "they are not run from here: ask whatever supervises them")]
    listed = read_json(layout.run_dir / "state.json").get("parts")
    return [_part(each) for each in listed] if isinstance(listed, list) else []


def _part(state: dict[str, object]) -> Finding:
    name, restarts = str(state.get("name")), int(str(state.get("restarts", 0)))
    if not state.get("is_running"):
        return broken(name, f"does not run; its log is {state.get('log')}")
    said = note if restarts >= RESTARTS_NOTED else fine
    return said(name, f"runs{f', started again {restarts} times' if restarts else ''}")
