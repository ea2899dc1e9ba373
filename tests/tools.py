"""Tools that a person's machine may lack: skipped there with one line, required under REQUIRE_ALL=1."""

import os
import shutil
import sys
from pathlib import Path

import pytest


def require_tool(name: str, *, how: str) -> str:
    """The tool's path; without it the test is skipped with how to get it, or fails under REQUIRE_ALL=1."""
    # set-up puts Node beside the interpreter where the machine has none
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if found:
        return found
    return missing(f"{name} is not installed ({how})")


def missing(reason: str) -> str:
    """Skips with one line, or fails under REQUIRE_ALL=1."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"REQUIRE_ALL=1, but {reason}", pytrace=False)
    pytest.skip(reason)
