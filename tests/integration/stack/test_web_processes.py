"""The web process as it is deployed: replaced under load, and killed for its memory."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException, RemoteDisconnected
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from chain.models import OutboxEntry
from config.stack.layout import ROOT
from marketplace.models import Upload
from tests.fakes import rows

WAIT_SECONDS = 60
READERS = 4
JOBS = "/api/v1/jobs"
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
TABLE = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="t.csv"\r\nContent-Type: text/csv\r\n\r\n'
    b"a,b\n" + b"1,2\n" * 50_000 + b"\r\n--x--\r\n"
)
Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def door() -> Iterator[socket.socket]:
    """The listening socket that every web process of this site accepts from."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        yield listening


@pytest.fixture
def start_web(door: socket.socket, transactional_db, settings, tmp_path: Path) -> Iterator[Start]:
    """Starts a web process on this test's database and returns once it listens; none is left behind."""
    started: list[subprocess.Popen[bytes]] = []
    place = connection.settings_dict
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": settings.SECRET_KEY,
        "VAR_DIR": str(tmp_path / "var"),
        "DATABASE_URL": f"postgresql://{place['USER']}@/{place['NAME']}?host={place['HOST']}&port={place['PORT']}",
        "DEPLOYMENT_FILE": str(tmp_path / "31337.json"),
    }
    rows.write_deployment(tmp_path / "31337.json")

    def start() -> subprocess.Popen[bytes]:
        log = tmp_path / f"web-{len(started)}.log"
        words = ["-m", "uvicorn", "config.asgi:application", "--fd", str(door.fileno()), "--no-access-log"]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *words, "--timeout-graceful-shutdown", "30"],
                cwd=ROOT,
                env=environment,
                pass_fds=[door.fileno()],
                stderr=output,
            )
        started.append(process)
        wait_for(lambda: "Uvicorn running" in log.read_text() or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(10)


def wait_for(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def status_of(door: socket.socket, path: str = JOBS, method: str = "GET", **sent: object) -> int:
    """On a connection of its own; one that is closed without an answer is tried again, as proxies do."""
    for last in (False, True):
        asking = HTTPConnection(*door.getsockname(), timeout=WAIT_SECONDS)
        try:
            asking.request(method, path, **sent)  # type: ignore[arg-type]
            answer = asking.getresponse()
            answer.read()
            return answer.status
        except (RemoteDisconnected, ConnectionResetError):
            if last:
                raise
        finally:
            asking.close()
    raise AssertionError


@pytest.mark.fault("F29")
def test_process_that_is_replaced_under_load_ends_what_it_began_and_nobody_sees_an_error(
    door: socket.socket, start_web: Start
) -> None:
    old = start_web()
    assert status_of(door) == 200
    slow = HTTPConnection(*door.getsockname(), timeout=WAIT_SECONDS)
    slow.putrequest("POST", "/api/v1/auth/sign-in")
    slow.putheader("Content-Type", "application/json")
    slow.putheader("Content-Length", "2")
    slow.endheaders(b"{")
    start_web()
    seen: list[int | str] = []
    is_over = threading.Event()

    def read() -> None:
        while not is_over.is_set():
            try:
                seen.append(status_of(door))
            except (OSError, HTTPException) as error:
                seen.append(repr(error))

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    wait_for(lambda: len(seen) > 2 * READERS)
    before = len(seen)
    old.send_signal(signal.SIGTERM)
    wait_for(lambda: len(seen) > before + 2 * READERS)
    assert old.poll() is None, "the old process left before it had answered everybody"
    slow.send(b"}")
    ended = slow.getresponse()
    wait_for(lambda: old.poll() is not None)
    is_over.set()
    for reader in readers:
        reader.join(WAIT_SECONDS)

    assert ended.status == 403  # a sign-in without its CSRF token: told in whole, not cut off
    assert ended.read()
    assert set(seen) == {200}


@pytest.mark.fault("F28")
def test_process_that_the_kernel_kills_for_memory_loses_no_intention_and_leaves_no_half_upload(
    door: socket.socket, start_web: Start
) -> None:
    headers = wallet_headers()
    web = start_web()
    assert status_of(door, "/api/v1/faucet", "POST", body=b"{}", headers=headers) == 202
    taken = set(OutboxEntry.objects.values_list("key", flat=True))
    half = HTTPConnection(*door.getsockname(), timeout=WAIT_SECONDS)
    half.putrequest("POST", "/api/v1/uploads")
    for name, value in (headers | FORM | {"Content-Length": str(len(TABLE))}).items():
        half.putheader(name, value)
    half.endheaders(TABLE[:-20])

    web.kill()
    with pytest.raises((HTTPException, OSError)):
        half.getresponse()
    start_web()

    assert len(taken) >= 3
    assert (set(OutboxEntry.objects.values_list("key", flat=True)), Upload.objects.count()) == (taken, 0)
    assert status_of(door, "/api/v1/faucet", "POST", body=b"{}", headers=headers) == 202
    assert status_of(door, "/api/v1/uploads", "POST", body=TABLE, headers=headers | FORM) == 201
    assert (set(OutboxEntry.objects.values_list("key", flat=True)), Upload.objects.count()) == (taken, 1)


def wallet_headers() -> dict[str, str]:
    """What the browser of a signed-in wallet sends."""
    browser = Client()
    browser.force_login(User.objects.create_user(rows.MEMBER), "accounts.backends.WalletBackend")
    browser.get("/api/v1/auth/me")
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    token = browser.cookies["csrftoken"].value
    return {"Cookie": cookies, "X-CSRFToken": token, "Content-Type": "application/json"}
