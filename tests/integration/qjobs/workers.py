"""Worker processes of a test's own, which it kills and stops, and waiting for what they do."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from tests.integration.qjobs.stage import ROOT

WORKER = "import django; django.setup(); from qjobs import tasks; tasks.{call}"
LEASE_SECONDS = 3
WAIT_SECONDS = 60


@contextmanager
def worker_starter(settings) -> Iterator[Callable[[str], subprocess.Popen]]:
    """Starts a process that does one task, in a session of its own; none is left behind."""
    settings.RUN_LEASE_SECONDS = LEASE_SECONDS
    started: list[subprocess.Popen] = []

    def start(call: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER.format(call=call)],
            cwd=ROOT,
            env=_environment(settings),
            start_new_session=True,
        )
        started.append(process)
        return process

    try:
        yield start
    finally:
        for process in started:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait(10)


def wait_until(condition: Callable[[], bool], worker: subprocess.Popen | None = None) -> None:
    ends_at = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < ends_at, f"{condition.__name__} did not become true"
        assert worker is None or worker.poll() is None, "the worker ended too early"
        time.sleep(0.05)


def _environment(settings) -> dict[str, str]:
    database = settings.DATABASES["default"]
    name = connection.settings_dict["NAME"]
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DATABASE_URL": f"postgresql://{database['USER']}@/{name}?host={database['HOST']}&port={database['PORT']}",
        "CHAIN_RPC_URL": settings.CHAIN_RPC_URL,
        "CHAIN_ID": str(settings.CHAIN_ID),
        "DEPLOYMENT_FILE": str(settings.DEPLOYMENT_FILE),
        "STORE_DIR": str(settings.STORE_DIR),
        "KEYS_DIR": str(settings.KEYS_DIR),
        "RUN_SCRATCH_DIR": str(settings.RUN_SCRATCH_DIR),
        "RUN_LEASE_SECONDS": str(LEASE_SECONDS),
        "QUEUE_DIR": str(settings.QUEUE_DIR),
    }
