"""How a run ends when it does not end well; the type says whether trying again can help."""

from common.errors import PermanentError, RetryableError


class RunCancelled(PermanentError):
    """The caller's `should_stop` said so."""

    code = "run_cancelled"


class RunTimedOut(PermanentError):
    """The run was stopped at its time limit."""

    code = "run_timed_out"


class RunOutOfMemory(PermanentError):
    """The run asked for more memory than its limit."""

    code = "run_out_of_memory"


class DiskFull(RetryableError):
    """The machine has no room for what the run writes; somebody may make room."""

    code = "disk_full"


class RunRefused(PermanentError):
    """The spec or the data cannot be run; the message says why, without showing a value of the data."""

    code = "run_refused"


class OutputRefused(PermanentError):
    """The run wrote something that is not on the list, or more than it may."""

    code = "output_refused"


class RunCrashed(RetryableError):
    """The child ended without an answer: killed from outside, or a fault of the machine."""

    code = "run_crashed"


class RunSplit(Exception):
    """No failure: the run is worth `tiles` tiles, which are to be computed before it."""

    def __init__(self, tiles: int) -> None:
        super().__init__(f"the run is worth {tiles} tiles")
        self.tiles = tiles
