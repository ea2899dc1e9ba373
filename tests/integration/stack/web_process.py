"""A web process as it is deployed, on the test's own database; and what a signed-in browser sends to it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from config.stack.layout import ROOT
from tests.fakes import rows

WAIT_SECONDS = 60
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


def wallet_headers() -> dict[str, str]:
    """What the browser of a signed-in wallet sends."""
    browser = Client()
    browser.force_login(User.objects.create_user(rows.MEMBER), "accounts.backends.WalletBackend")
    browser.get("/api/v1/auth/me")
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    token = browser.cookies["csrftoken"].value
    return {"Cookie": cookies, "X-CSRFToken": token, "Content-Type": "application/json"}
