"""What a worker is called, and how its attempt at a run or a tile ends, whatever comes up."""

import errno
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, Protocol

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F
from django.db.models.functions import Now

from common.errors import PermanentError, RetryableError
from qjobs.errors import ApprovalVanished, JobTaken, LeaseLost, RunRefused
from qjobs.rules.run_states import RunState, retry_seconds
from qjobs.runner import RunCancelled, RunCrashed
from qjobs.runner import RunRefused as InputRefused
from storage.local.disk import FULL

log = structlog.get_logger()
DISK_TROUBLE = FULL.keys() | {errno.EROFS, errno.EIO, errno.ESTALE}


class Attempt(Protocol):
    """A row that this worker holds: each call leaves it as that ending means."""

    @property
    def names(self) -> dict[str, int]:
        """The row's own, for the log."""

    def superseded(self) -> None:
        """Whoever took the lease, or paused the run, has the say now; this worker's writes are void."""

    def crashed(self, error: RunCrashed) -> None:
        """The child was killed from outside: tried again, but not for ever."""

    def waits(self, reason: str) -> None:
        """A node, a store or room on a disk is away: the row waits, longer each time."""

    def failed(self, error: PermanentError) -> None:
        """No attempt will end better."""


@contextmanager
def ended(attempt: Attempt) -> Iterator[None]:
    """Whatever ends the work inside, the row is left in a state that somebody goes on from, or in an end."""
    try:
        yield
    except (LeaseLost, RunCancelled):
        attempt.superseded()
    except RunCrashed as error:
        attempt.crashed(error)
    except RetryableError as error:
        attempt.waits(error.message)
    except PermanentError as error:
        attempt.failed(error)
    except (OperationalError, InterfaceError) as error:
        log.warning("database_away", **attempt.names, reason=type(error).__name__)
        connection.close()
        # Without room it still takes this, mostly; else the lease ends and the next worker takes the row.
        with suppress(OperationalError, InterfaceError):
            attempt.waits(type(error).__name__)
    except OSError as error:
        if is_of_the_disk(error):
            attempt.waits(str(error))
        else:
            attempt.crashed(RunCrashed(str(error)))


def longer_wait(retries: int) -> dict[str, Any]:
    """Fields of a row that waits once more, after so many waits before."""
    return {
        "retries": F("retries") + 1,
        "not_before": Now() + timedelta(seconds=retry_seconds(retries)),
    }


def state_after(error: PermanentError) -> RunState:
    """How a run ends that met this."""
    if isinstance(error, JobTaken):
        return RunState.LOST
    if isinstance(error, ApprovalVanished):
        return RunState.PAUSED
    return RunState.REFUSED if isinstance(error, RunRefused | InputRefused) else RunState.FAILED


def is_of_the_disk(error: OSError) -> bool:
    """Whether a disk is full or fails, which gets mended; a wrong path or permission stays."""
    return error.errno in DISK_TROUBLE


def worker_name() -> str:
    """Of this process at this moment, for the row's lease."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def bound_transactions() -> None:
    """Lets the database end a transaction in which this process falls silent for as long as a lease.

    A process that is stopped between two statements would else keep the row locked against everybody.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('idle_in_transaction_session_timeout', %s, false)",
            [f"{settings.RUN_LEASE_SECONDS}s"],
        )
