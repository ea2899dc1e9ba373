"""The parent's side of a recheck: what strangers posted is read and computed in a child without a network."""

import json
from pathlib import Path
from typing import Any

from qjobs.algorithms.result import QPY_FILE
from qjobs.records import ManifestRefused, read_manifest
from qjobs.runner.events import read_events
from qjobs.runner.limits import RunLimits
from qjobs.runner.parent import PRIVATE_LAYERS, failure_of
from qjobs.runner.process import start_isolated, stop
from qjobs.runner.sealing import ChildKeys
from qjobs.verification.gathering import REPORT_FILE, Gathered, NotGathered
from qjobs.verification.qpy import keep_circuit
from storage.cid import Cid


def check_isolated(gathered: Gathered, workdir: Path, limits: RunLimits, keys: ChildKeys) -> dict[str, Any]:
    """The report as JSON of `verify_job` on what was gathered, made under the limits that a run has.

    `workdir` is an existing empty folder of the caller's. `keys`: of private data and of sealed files; only
    the child opens them, and only where it has no network. Raises the errors of `qjobs.runner.errors`.
    """
    _read_circuit(gathered)
    output = workdir / "output"
    output.mkdir()
    child = start_isolated(
        ["qjobs.verification.rechecker", str(gathered.folder.resolve()), str(output.resolve())],
        folder=workdir,
        readable=[gathered.folder.resolve()],
        writable=[output.resolve()],
        limits=limits,
        secret=keys.as_bytes(),
        required=PRIVATE_LAYERS if keys else (),
    )
    ending: dict[str, Any] | None = None
    try:
        for event in read_events(child, run_seconds=limits.run_seconds, should_stop=lambda: False):
            ending = event
        child.wait(timeout=limits.run_seconds)
    finally:
        stop(child)
    if ending is None or child.returncode != 0 or ending["event"] != "done":
        raise failure_of(child, ending, workdir, limits, says_rows=bool(keys))
    return dict(json.loads((output / REPORT_FILE).read_bytes()))


def _read_circuit(gathered: Gathered) -> None:
    """Reads the posted QPY file, where one was gathered."""
    if gathered.facts.artefact_digest is None:
        return
    try:
        block = gathered.read_block(Cid.from_digest(gathered.facts.artefact_digest))
        entry = read_manifest(block).get(QPY_FILE)
        if entry is not None:
            keep_circuit(gathered.read_block(Cid.parse(entry.cid)), gathered.folder)
    except (NotGathered, ManifestRefused):
        return
