"""Has a stranger's file read by a child process, so that a hostile one costs a process and not the site."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Protocol

import structlog

from marketplace.errors import ParserBusy, UnreadableTable
from marketplace.parsing.limits import CHILD_LIMITS, ChildLimits

log = structlog.get_logger()
ROOT = Path(__file__).resolve().parents[2]
# One thread, and memory that the limit counts as it is used; beyond that the child's environment is empty.
CHILD_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "OMP_NUM_THREADS": "1",
    "LC_ALL": "C.UTF-8",
}
CHILDREN_AT_ONCE = 2
_places = threading.BoundedSemaphore(CHILDREN_AT_ONCE)


class FileWithDescriptor(Protocol):
    """An open file of the operating system."""

    def fileno(self) -> int: ...

    def seek(self, position: int, /) -> Any: ...


def profile_file(
    file: FileWithDescriptor, limits: ChildLimits = CHILD_LIMITS, *, is_private: bool = False
) -> dict[str, Any]:
    """The profile of the file, which is left at its beginning; the tree over private rows is salted.

    Raises UnreadableTable with the rule that it breaks, ParserBusy where others are being read.
    """
    if not _places.acquire(timeout=limits.wall_seconds):
        raise ParserBusy("other files are being read; try again in a moment")
    try:
        file.seek(0)
        told = _run_child(file, "profile-private" if is_private else "profile", limits)
    finally:
        _places.release()
        file.seek(0)
    if "refused" in told:
        raise UnreadableTable(told["refused"]["message"], field="file", code=told["refused"]["code"])
    return told["found"]


def _run_child(file: FileWithDescriptor, act: str, limits: ChildLimits) -> dict[str, Any]:
    child = subprocess.Popen(
        [sys.executable, "-E", "-s", "-B", "-m", "marketplace.parsing.child", act],
        stdin=file.fileno(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=CHILD_ENVIRONMENT,
        start_new_session=True,
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
    return UnreadableTable(message, field="file", code="too_costly")
