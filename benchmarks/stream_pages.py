"""A job's page with 0 and with 50 streams of it open, each of them told news every second.

One web process; readers and measurement share the machine with it. Prints a table and writes
build/bench_streams.json. Under a minute.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from config.stack.ports import unused_port
from qjobs.models import Job, Run, RunEvent
from tests.fakes import job_rows, rows

ROOT = Path(__file__).resolve().parent.parent
STREAMS = 50
PAGES = 100
NEWS_EVERY_SECONDS = 1.0
LIMIT_MS = 250


def main() -> None:
    _fill()
    with _web_process() as (port, pid), _news():
        figures = {"0 streams": _measured(port, pid)}
        with ExitStack() as open_ones:
            for _ in range(STREAMS):
                open_ones.enter_context(_reader(port))
            figures[f"{STREAMS} streams"] = _measured(port, pid)
    _report(figures)


def _fill() -> None:
    """A running job with some steps, as the projections and the worker write them."""
    call_command("migrate", verbosity=0)
    rows.write_deployment(settings.DEPLOYMENT_FILE)
    rows.add_head()
    rows.add_dataset(1)
    job_rows.add_job(1, state=Job.State.RUNNING)
    job_rows.add_run(1, events=40)


@contextmanager
def _web_process() -> Iterator[tuple[int, int]]:
    port = unused_port()
    words = ["-m", "uvicorn", "config.asgi:application", "--port", str(port), "--log-level", "error"]
    web = subprocess.Popen([sys.executable, *words, "--timeout-graceful-shutdown", "1"], cwd=ROOT)
    try:
        while not _answers(port):
            time.sleep(0.1)
        yield port, web.pid
    finally:
        web.terminate()
        web.wait()


def _answers(port: int) -> bool:
    try:
        return _page(port) > 0
    except OSError:
        return False


def _page(port: int) -> float:
    """Seconds of the job's page."""
    started = time.perf_counter()
    web = HTTPConnection("127.0.0.1", port, timeout=60)
    web.request("GET", "/jobs/1")
    answer = web.getresponse()
    body = answer.read()
    web.close()
    if answer.status != 200 or b"Progress" not in body:
        raise RuntimeError(f"the page answers {answer.status}")
    return time.perf_counter() - started


@contextmanager
def _reader(port: int) -> Iterator[None]:
    """One open stream, read as fast as it comes."""
    web = HTTPConnection("127.0.0.1", port, timeout=60)
    web.request("GET", "/jobs/1/events")
    answer = web.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"the stream answers {answer.status}")
    reading = threading.Thread(target=lambda: list(iter(answer.readline, b"")), daemon=True)
    reading.start()
    yield
    web.sock.shutdown(2)
    reading.join(10)
    web.close()


@contextmanager
def _news() -> Iterator[None]:
    """One more step a second, as a worker commits it."""
    ended = threading.Event()

    def tell() -> None:
        run = Run.objects.get()
        while not ended.wait(NEWS_EVERY_SECONDS):
            run.events += 1
            message = f"split {run.events}: quantum"
            RunEvent.objects.create(
                run=run, sequence=run.events, stage="s", step=run.events, message=message, metric=0.9
            )
            run.save(update_fields=["events"])

    telling = threading.Thread(target=tell)
    telling.start()
    yield
    ended.set()
    telling.join()


def _measured(port: int, pid: int) -> dict[str, float]:
    """Page latency in milliseconds, and what the web process holds."""
    time.sleep(2)
    seconds = [_page(port) for _ in range(PAGES)]
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
        connections = cursor.fetchone()[0]
    cuts = quantiles(seconds, n=20)
    return {
        "p50_ms": cuts[9] * 1e3,
        "p95_ms": cuts[18] * 1e3,
        "threads": int(status["Threads"]),
        "connections": connections - 2,  # but this measurement's own two
        "resident_mb": int(status["VmRSS"].split()[0]) / 1024,
    }


def _report(figures: dict[str, dict[str, float]]) -> None:
    for name, figure in figures.items():
        print(f"{name:12}", "  ".join(f"{key} {value:.1f}" for key, value in figure.items()))
    path = ROOT / "build" / "bench_streams.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(figures, indent=1) + "\n")
    if figures[f"{STREAMS} streams"]["p95_ms"] > LIMIT_MS:
        sys.exit(f"with {STREAMS} streams open one page in twenty takes longer than {LIMIT_MS} ms")
