"""The web process as it is deployed: replaced under load, and killed for its memory."""

import signal
import socket
import threading
from http.client import HTTPConnection, HTTPException, RemoteDisconnected

import pytest

from chain.models import OutboxEntry
from marketplace.models import Upload
from tests.integration.stack.web_process import WAIT_SECONDS, Start, wait_for, wallet_headers

READERS = 4
JOBS = "/api/v1/jobs"
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
TABLE = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="t.csv"\r\nContent-Type: text/csv\r\n\r\n'
    b"a,b\n" + b"1,2\n" * 50_000 + b"\r\n--x--\r\n"
)


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
