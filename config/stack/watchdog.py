"""Whether a part that runs still answers, and stays within its memory: a process can be as good as dead."""

import threading
import time

from config.stack import processes
from config.stack.parts import Part

LOOK_SECONDS = 5.0
SILENT_SECONDS = 60.0
START_SECONDS = 600.0  # a loaded machine imports slowly, and one ended at that would never come up
MIB = 1024 * 1024


class Watchdog:
    """Looks at one process of a part from a thread of its own; `complaint` is what it found, if anything.

    A busy machine answers late, so silence counts only after SILENT_SECONDS of it; and one that was frozen
    wakes with all of them behind it, so a second question must stay without an answer.
    """

    def __init__(self, part: Part, pid: int) -> None:
        self.complaint: str | None = None
        self._part, self._pid = part, pid
        self._heard_at, self._patience, self._misses = time.monotonic(), START_SECONDS, 0
        self._ended = threading.Event()
        if part.is_alive is not None or part.most_bytes is not None:
            threading.Thread(target=self._run, name=f"watchdog-{part.name}", daemon=True).start()

    def end(self) -> None:
        """Looks no more."""
        self._ended.set()

    def _run(self) -> None:
        while self.complaint is None and not self._ended.wait(LOOK_SECONDS):
            self.complaint = self._look()

    def _look(self) -> str | None:
        used, most = processes.resident_bytes(self._pid), self._part.most_bytes
        if most is not None and used > most:
            return f"holds {used // MIB} MiB of memory, more than {most // MIB}"
        if self._part.is_alive is None or self._part.is_alive():
            self._heard_at, self._patience, self._misses = time.monotonic(), SILENT_SECONDS, 0
            return None
        self._misses += 1
        silent = time.monotonic() - self._heard_at
        is_dead = self._misses > 1 and silent > self._patience
        return f"has not answered for {silent:.0f} s" if is_dead else None
