"""`make check`: format, lint, import rules, types, sizes and unit tests, in about a minute.

.venv/bin/python deploy/ci/run_checks.py
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CHECKS = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "import rules": ["lint-imports", "--no-cache"],
    "types": ["mypy"],
    "sizes": ["python", "deploy/ci/check_sizes.py"],
}
UNIT_TESTS = ["python", "-m", "pytest", "tests/unit", "-n", "auto", "--dist", "loadfile"]


def failed_checks(checks: dict[str, list[str]]) -> list[str]:
    """Runs them one after another and gives the names of those that fail; only their output is shown."""
    failed = []
    for name, (tool, *words) in checks.items():
        started = time.monotonic()
        command = [str(ROOT / ".venv" / "bin" / tool), *words]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        verdict = "ok" if ended.returncode == 0 else "FAILED"
        print(f"check {name}: {verdict} ({time.monotonic() - started:.0f} s)", flush=True)
        if ended.returncode != 0:
            print(ended.stdout + ended.stderr, flush=True)
            failed.append(name)
    return failed


if __name__ == "__main__":
    sys.exit(1 if failed_checks(CHECKS | {"unit tests": UNIT_TESTS}) else 0)
