"""Second program of a recheck: checks a job from what was gathered, and writes the report.

`python -m qjobs.verification.rechecker GATHERED OUTPUT`, started by `qjobs.runner.child`: it has no network.
Standard input holds the keys (`ChildKeys`) of private data and of sealed files.
"""

import json
import sys
from pathlib import Path

from qjobs.runner.job import EventPipe
from qjobs.runner.sealing import ChildKeys
from qjobs.verification.gathering import REPORT_FILE, Gathered
from qjobs.verification.job import verify_job
from qjobs.verification.private import Auditor
from qjobs.verification.qpy import kept_circuit


def main() -> None:
    events = EventPipe()
    folder, output = Path(sys.argv[1]), Path(sys.argv[2])
    keys = ChildKeys.from_bytes(sys.stdin.buffer.read())
    gathered = Gathered.in_folder(folder)
    try:
        report = verify_job(
            gathered.facts, gathered, auditor=Auditor(keys=keys), read_qpy=kept_circuit(folder)
        )
    except MemoryError:
        events.send("out_of_memory")
        return
    (output / REPORT_FILE).write_text(json.dumps(report.in_brief()))
    events.send("done")


if __name__ == "__main__":
    main()
