"""Has a stranger's file read by a child process, so that a hostile one costs a process and not the site."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import structlog

from marketplace.errors import ParserBusy, UnreadableTable
from marketplace.parsing.limits import CHILD_LIMITS, LARGE_BYTES, ChildLimits, limits_for

log = structlog.get_logger()
ROOT = Path(__file__).resolve().parents[2]
# One thread, and memory that the limit counts as it is used; beyond that the child's environment is empty.
CHILD_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "OMP_NUM_THREADS": "1",
    "LC_ALL": "C.UTF-8",
}
CHILD = ("marketplace.parsing.entry", "marketplace.parsing.child")
CHILDREN_AT_ONCE = 2
COMPARISON_WAIT_SECONDS = 5
TOO_COSTLY = "too_costly"
"""The one refusal that another try may not meet: a busy machine reads slowly."""
_places = threading.BoundedSemaphore(CHILDREN_AT_ONCE)
_large = threading.BoundedSemaphore(1)
_comparisons = threading.BoundedSemaphore(1)


@dataclass(frozen=True)
class ReadTable:
    """A profile, and the sketch of the rows; of private data there is no sketch."""

    profile: dict[str, Any]
    row_sketch: list[int]


class FileWithDescriptor(Protocol):
    """An open file of the operating system."""

    def fileno(self) -> int: ...

    def seek(self, position: int, /) -> Any: ...


def profile_file(
    file: FileWithDescriptor, limits: ChildLimits | None = None, *, is_private: bool = False
) -> ReadTable:
    """What is in the file, which is left at its beginning; the tree over private rows is salted.

    limits: None gives what a file of this size may use. A large one, which takes minutes, never takes a small
    one's place. Raises UnreadableTable with the rule that it breaks, ParserBusy where others are being read.
    """
    act = "private" if is_private else "public"
    size_bytes = os.fstat(file.fileno()).st_size
    with _place(_large if size_bytes > LARGE_BYTES else _places, CHILD_LIMITS.wall_seconds):
        return ReadTable(**_told(file, [act], limits or limits_for(size_bytes)))


def compare_files(
    before: FileWithDescriptor, after: FileWithDescriptor, limits: ChildLimits = CHILD_LIMITS
) -> dict[str, Any]:
    """What changed between two tables. One comparison runs at a time, and never in the place of an upload.

    Raises as `profile_file` does.
    """
    with _place(_comparisons, COMPARISON_WAIT_SECONDS):
        after.seek(0)
        return _told(before, ["difference", str(after.fileno())], limits, others=(after.fileno(),))


@contextmanager
def _place(places: threading.BoundedSemaphore, wait_seconds: float) -> Iterator[None]:
    if not places.acquire(timeout=wait_seconds):
        raise ParserBusy("other files are being read; try again in a moment")
    try:
        yield
    finally:
        places.release()


def _told(
    file: FileWithDescriptor, words: list[str], limits: ChildLimits, others: tuple[int, ...] = ()
) -> dict[str, Any]:
    file.seek(0)
    try:
        told = _run_child(file, words, limits, others)
    finally:
        file.seek(0)
    if "refused" in told:
        raise UnreadableTable(told["refused"]["message"], field="file", code=told["refused"]["code"])
    found: dict[str, Any] = told["found"]
    return found


def _run_child(
    file: FileWithDescriptor, words: list[str], limits: ChildLimits, others: tuple[int, ...]
) -> dict[str, Any]:
    child = subprocess.Popen(
        [sys.executable, "-E", "-s", "-B", "-m", *CHILD, *words],
        stdin=file.fileno(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=CHILD_ENVIRONMENT,
        start_new_session=True,
        pass_fds=others,
    )
    with child:
        try:
            answer, complaint = child.communicate(timeout=limits.wall_seconds)
        except subprocess.TimeoutExpired as error:
            child.kill()
            raise _out_of_bounds(f"reading the table took more than {limits.wall_seconds} seconds") from error
        finally:
            child.kill()
    if child.returncode != 0 or len(answer) > limits.answer_bytes:
        # The complaint may quote cells, so only its last line's beginning (the error's class) is logged.
        last_line = complaint.decode(errors="replace").strip().rpartition("\n")[2]
        log.warning(
            "table_child_failed", exit_code=child.returncode, error_class=last_line.partition(":")[0][:80]
        )
        raise _out_of_bounds("reading the table needs more memory or time than we give")
    return json.loads(answer)


def _out_of_bounds(message: str) -> UnreadableTable:
    return UnreadableTable(message, field="file", code=TOO_COSTLY)
