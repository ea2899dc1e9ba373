"""What a worker is called, and which state of a run an error means."""

import errno
import os
import secrets
import socket

from django.conf import settings
from django.db import connection

from common.errors import PermanentError
from qjobs.errors import ApprovalVanished, JobTaken, RunRefused
from qjobs.rules.run_states import RunState
from qjobs.runner import RunRefused as InputRefused
from storage.local.disk import FULL

DISK_TROUBLE = FULL.keys() | {errno.EROFS, errno.EIO, errno.ESTALE}


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
