"""The processes of the site, as values: what runs, how it is stopped, when it is ready."""

import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from config.stack.errors import StackError
from config.stack.layout import Layout
from config.stack.ports import HOST
from config.stack.tether import tethered

# Celery takes seven seconds to end when idle, and hours when a job runs; a killed job starts again by its
# lease.
WORKER_STOP_SECONDS = 3


@dataclass(frozen=True)
class Part:
    """One supervised process. `stop_signal` asks it to end; after `stop_seconds` its whole tree is killed.

    One that is no longer `is_alive`, or has more than `most_bytes` in memory, is ended and started again.
    """

    name: str
    command: list[str]
    address: str
    environment: Mapping[str, str]
    cwd: Path
    is_ready: Callable[[], bool] | None = None
    ready_seconds: float = 60
    is_alive: Callable[[], bool] | None = None
    most_bytes: int | None = None
    is_leaned_on: bool = False  # database and chain: stopped after the rest, one by one
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 8
    before_start: Callable[[], object] | None = field(default=None, repr=False)


WEB_MEMORY_BYTES = 2 * 1024**3
LEAST_WEB_BYTES = 256 * 1024**2

# One run computes while the other process settles and looks for work.
JOBS_AT_ONCE = 2


def site_parts(
    layout: Layout, environment: Mapping[str, str], web_port: int, release_port: int
) -> list[Part]:
    """Web, release, follower, sender, jobs worker and preview worker, in the order in which they start."""

    def part(
        name: str,
        words: list[str],
        address: str,
        port: int | None = None,
        stop_seconds: float = 8,
        **more: str,
    ) -> Part:
        return Part(
            name=name,
            # Their work survives a kill -9 by design, so none of them lingers when the supervisor is killed.
            command=tethered([sys.executable, *words], death_signal=signal.SIGKILL),
            address=address,
            environment={**environment, **more},
            cwd=layout.root,
            is_ready=None if port is None else lambda: web_answers(port),
            is_alive=None if port is None else lambda: web_speaks(port),
            most_bytes=None if port is None else web_bytes,
            stop_seconds=stop_seconds,
        )

    web_bytes = _web_bytes(environment)
    manage = str(layout.root / "manage.py")
    schedule = str(layout.run_dir / "beat")
    return [
        part("web", _server(web_port), f"http://{HOST}:{web_port}", web_port),
        part(
            "release",
            _server(release_port),
            f"http://{HOST}:{release_port}",
            release_port,
            IS_RELEASE_SERVICE="1",
        ),
        part("follower", [manage, "follow"], "reads the chain"),
        part("sender", [manage, "send"], "signs and sends"),
        part(
            "jobs",
            _worker("jobs", JOBS_AT_ONCE, "--beat", "--schedule", schedule),
            "runs approved jobs",
            stop_seconds=WORKER_STOP_SECONDS,
        ),
        part("preview", _worker("preview", 1), "draws circuits, estimates", stop_seconds=WORKER_STOP_SECONDS),
    ]


def _web_bytes(environment: Mapping[str, str]) -> int:
    """What a web process may hold; StackError where the setting is no such number, or less than one needs."""
    value = environment.get("WEB_MEMORY_BYTES", "").strip() or str(WEB_MEMORY_BYTES)
    if not value.isdecimal() or int(value) < LEAST_WEB_BYTES:
        raise StackError(
            f"WEB_MEMORY_BYTES must be a whole number of at least {LEAST_WEB_BYTES}, not {value!r}"
        )
    return int(value)


def _server(port: int) -> list[str]:
    words = ["-m", "uvicorn", "config.asgi:application", "--host", HOST, "--port", str(port)]
    return [*words, "--no-access-log", "--timeout-graceful-shutdown", "3"]


def _worker(queue: str, at_once: int, *more: str) -> list[str]:
    words = ["-m", "celery", "-A", "config.celery", "worker", "-Q", queue, "-n", f"{queue}@%h"]
    return [
        *words,
        "--pool",
        "prefork",
        "--concurrency",
        str(at_once),
        "--loglevel",
        "INFO",
        "--without-mingle",
        *more,
    ]


def web_answers(port: int) -> bool:
    """True when the site answers at all: a refusal is an answer, a broken page is not."""
    status = _status_of("/", port, seconds=10)
    return status is not None and status < 500


def web_speaks(port: int, seconds: float = 10) -> bool:
    """True when the process says anything in that time; asks for a file, which waits for no database."""
    return _status_of("/static/mark.svg", port, seconds) is not None


def _status_of(path: str, port: int, seconds: float) -> int | None:
    connection = HTTPConnection(HOST, port, timeout=seconds)
    try:
        connection.request("GET", path, headers={"Host": f"{HOST}:{port}"})
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
