"""Writes the lock files anew from the requirements: every package that comes along, with its hashes.

    .venv/bin/python deploy/ci/lock.py

For each Python from 3.11 and every platform. `EXCLUDE_NEWER=2026-11-14` leaves out what was published later.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LOCKS = {
    "requirements.lock": "requirements-dev.txt",
    "contracts/requirements.lock": "contracts/requirements.txt",
}
OLDEST_PYTHON = "3.11"


def main() -> int:
    uv = Path(sys.executable).with_name("uv")
    quiet = ["--quiet", "--no-header", "--no-annotate"]
    shape = ["--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes"]
    newest = os.environ.get("EXCLUDE_NEWER")
    until = ["--exclude-newer", newest] if newest else []
    for lock, requirements in LOCKS.items():
        command = [uv, "pip", "compile", *quiet, *shape, *until, requirements, "--output-file", lock]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code:
            return code
        print(f"{lock} holds what {requirements} asks for")
    return 0


if __name__ == "__main__":
    sys.exit(main())
