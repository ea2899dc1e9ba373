"""Holds the limits: files of at most 400 lines, functions of at most 60, no own import in a function.

    python deploy/ci/check_sizes.py

An own import inside a function hides an edge of the import graph. A test that must configure Django first
says so with `# noqa: PLC0415` and its reason.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FILE_LINES, FUNCTION_LINES = 400, 60
SUFFIXES = {".py", ".vy", ".sol", ".js", ".css", ".html", ".sh"}
OWN = (
    "config",
    "qjobs",
    "marketplace",
    "governance",
    "accounts",
    "chain",
    "storage",
    "common",
    "tests",
    "contracts",
)


def own_files() -> list[Path]:
    """Every source file that git tracks or would track."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    found = (ROOT / name for name in listed if name)
    return sorted(
        file for file in found if file.suffix in SUFFIXES and file.is_file() and not _is_foreign(file)
    )


def _is_foreign(file: Path) -> bool:
    parts = file.relative_to(ROOT).parts
    is_made = parts[0] in {"node_modules", "build", "var"} or parts[0].startswith(".venv")
    return is_made or "vectors" in parts or "migrations" in parts  # migrations are generated


def complaints_of(file: Path, text: str) -> Iterator[str]:
    """What is too long or hidden in one file, each as `path:line: what`."""
    lines = text.count("\n") + (not text.endswith("\n") and bool(text))
    if lines > FILE_LINES:
        yield f"{file}:1: {lines} lines; split it by noun ({FILE_LINES} is the wall)"
    if file.suffix == ".py":
        yield from _python_complaints(file, text)


def _python_complaints(file: Path, text: str) -> Iterator[str]:
    lines = text.splitlines()
    for function in ast.walk(ast.parse(text)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > FUNCTION_LINES:
            yield f"{file}:{function.lineno}: {function.name} has {length} lines (wall: {FUNCTION_LINES})"
        for inner in ast.walk(function):
            is_allowed = isinstance(inner, ast.Import | ast.ImportFrom) and _has_reason(
                lines[inner.lineno - 1]
            )
            if isinstance(inner, ast.Import | ast.ImportFrom) and _is_own(inner) and not is_allowed:
                yield f"{file}:{inner.lineno}: an own import hidden in {function.name}"


def _is_own(statement: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return statement.level > 0 or (statement.module or "").split(".")[0] in OWN
    return any(alias.name.split(".")[0] in OWN for alias in statement.names)


def _has_reason(line: str) -> bool:
    return "noqa: PLC0415" in line and line.partition("noqa: PLC0415")[2].strip(" -") != ""


def main() -> int:
    found = [
        complaint
        for file in own_files()
        for complaint in complaints_of(file.relative_to(ROOT), file.read_text(errors="replace"))
    ]
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
