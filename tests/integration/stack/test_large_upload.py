"""A large file over HTTP into a web process as it is deployed: however large, the same memory."""

import base64
import hashlib
import json
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from marketplace.models import Upload
from storage.importer import import_stream
from storage.streams import PieceStream, buffered
from tests.integration.stack.web_process import Start, wallet_headers
from tests.tools import missing

MOST_MEMORY_KB = 300_000
SPARE_BYTES = 2 << 30
FINISH_SECONDS = 3600
CELL = "".join(chr(97 + number * 7 % 26) for number in range(2500))


def table(rows: int) -> Iterator[bytes]:
    """A header, then rows of about 5 kB with texts that all differ."""
    yield b"id,left,right,label\n"
    for number in range(rows):
        start = number % 2000
        yield f"{number},{number}{CELL[start:]}{CELL[:start]},{CELL}{number * 7},{number % 2}\n".encode()


@pytest.mark.parametrize(
    "rows", [14_000, pytest.param(1_000_000, marks=pytest.mark.deep)], ids=["70 MB", "5 GB"]
)
def test_upload_of_any_size_takes_less_than_300_megabytes_of_the_web_process_and_of_its_child(
    door: socket.socket, start_web: Start, tmp_path: Path, rows: int
) -> None:
    size = sum(map(len, table(rows)))
    for folder in (tmp_path, Path(tempfile.gettempdir())):
        if shutil.disk_usage(folder).free < 3 * size + SPARE_BYTES:
            missing(f"the disk has less than {3 * size + SPARE_BYTES:,} free bytes")
    headers, web = wallet_headers(), start_web()

    with watched_memory(web.pid) as peaks_kb:
        session = asked(door, "POST", "", headers, {"file_name": "large.csv", "size_bytes": size})
        headers["Upload-Key"] = session["upload_key"]
        content = buffered(PieceStream(table(rows)))
        for number in range(session["chunk_count"]):
            send(door, session["id"], number, content.read(session["chunk_bytes"]), headers)
        begun = asked(door, "POST", f"/{session['id']}/finish", headers, {})
        steps = list(steps_until_done(door, session["id"], headers))

    assert begun["upload_id"] is None
    assert "reading" in steps
    upload = Upload.objects.get()
    shutil.rmtree(tmp_path / "var")
    assert upload.cid == str(import_stream(PieceStream(table(rows))).cid)
    assert (upload.size_bytes, upload.profile["rows"]) == (size, rows)
    assert max(peaks_kb) < MOST_MEMORY_KB


def steps_until_done(door: socket.socket, session_id: str, headers: dict[str, str]) -> Iterator[str]:
    """What the site says it does, look by look, until the upload is there."""
    ends_at = time.monotonic() + FINISH_SECONDS
    while time.monotonic() < ends_at:
        now = asked(door, "GET", f"/{session_id}", headers, b"")
        if now["upload_id"]:
            return
        assert now["refusal"] is None
        yield now["step"]
        time.sleep(0.25)
    pytest.fail("the upload is never finished")


def send(door: socket.socket, session_id: str, number: int, chunk: bytes, headers: dict[str, str]) -> None:
    digest = base64.b64encode(hashlib.sha256(chunk).digest()).decode()
    own = {"Content-Digest": f"sha-256=:{digest}:", "Content-Type": "application/octet-stream"}
    asked(door, "PUT", f"/{session_id}/chunks/{number}", headers | own, chunk)


def asked(door: socket.socket, method: str, path: str, headers: dict[str, str], sent: Any) -> Any:
    content = sent if isinstance(sent, bytes) else json.dumps(sent)
    while True:
        with closing(HTTPConnection(*door.getsockname(), timeout=FINISH_SECONDS)) as asking:
            asking.request(method, f"/api/v1/uploads/sessions{path}", content, headers)
            answer = asking.getresponse()
            told = answer.read()
        if answer.status != 429:
            break
        time.sleep(int(answer.headers["Retry-After"]))
    assert answer.status in {200, 201, 202}, told
    return json.loads(told)


@contextmanager
def watched_memory(process_id: int) -> Iterator[list[int]]:
    """Peaks in kB: the process first, then each child that was met."""
    peaks: dict[int, int] = {process_id: 0}
    told: list[int] = []
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(0.1):
            children = Path(f"/proc/{process_id}/task").glob("*/children")
            for one in (process_id, *(int(word) for file in children for word in file.read_text().split())):
                peaks[one] = max(peaks.get(one, 0), peak_kb(one))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield told
    finally:
        is_over.set()
        looking.join()
        told += peaks.values()
    assert len(told) > 1, "the child that reads the table was never met"


def peak_kb(process_id: int) -> int:
    try:
        status = Path(f"/proc/{process_id}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) if found else 0
