"""/ipfs/<cid>: what comes out hashes to its CID, and nothing else comes out."""

import asyncio
import io
import random

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient, Client

from marketplace.store import content_store
from storage.car import CarReader
from storage.cid import Cid, raw_cid
from storage.local.store import LocalStore

pytestmark = [pytest.mark.usefixtures("content_folder"), pytest.mark.django_db(transaction=True)]
SMALL = b"a,b\n1,2\n"
LARGE = random.Random(7).randbytes(2_560_000)  # three chunks


def add(content: bytes) -> Cid:
    return content_store().add_file(io.BytesIO(content)).cid


def body_of(response) -> bytes:
    return response.getvalue() if response.streaming else response.content


def test_file_comes_as_attachment_that_no_browser_interprets() -> None:
    cid = add(LARGE)

    answer = Client().get(f"/ipfs/{cid}")

    assert (answer.status_code, body_of(answer)) == (200, LARGE)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="{cid}.bin"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Length"] == str(len(LARGE))
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.attack("S24")
@pytest.mark.parametrize(
    "content",
    [
        b"<script>alert(1)</script>",
        b"a,b\n1,<script>alert(1)</script>\n",
        b"GIF89a=1;alert(1)//",
        b"%PDF-1.7 <html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    ],
)
def test_bytes_that_a_browser_could_run_are_no_page_of_ours(content: bytes) -> None:
    answer = Client().get(f"/ipfs/{add(content)}")

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_raw_gives_one_block_without_assembling() -> None:
    cid = add(LARGE)

    answer = Client().get(f"/ipfs/{cid}", {"format": "raw"})

    assert (answer["Content-Type"], cid.is_of(answer.content)) == ("application/vnd.ipld.raw", True)
    assert len(answer.content) < 1000


def test_raw_gives_every_block_that_the_root_links_to() -> None:
    cid = add(LARGE)
    car = CarReader(io.BytesIO(body_of(Client().get(f"/ipfs/{cid}", {"format": "car"}))))
    found = 0
    while (section := car.next_block()) is not None:
        block_cid, block = section
        found += 1

        assert Client().get(f"/ipfs/{block_cid}?format=raw").content == block

    assert (car.root, found) == (cid, 4)


def test_car_imports_elsewhere_under_the_same_cid(tmp_path) -> None:
    cid = add(LARGE)

    answer = Client().get(f"/ipfs/{cid}", headers={"Accept": "application/vnd.ipld.car"})

    other = LocalStore(tmp_path / "other")
    assert other.import_car(io.BytesIO(body_of(answer))) == cid
    assert b"".join(other.open(cid)) == LARGE
    assert answer["Content-Type"].startswith("application/vnd.ipld.car; version=1; order=dfs")


@pytest.mark.parametrize("query", [{}, {"format": "raw"}, {"format": "car"}])
def test_head_has_the_headers_and_no_body(query: dict[str, str]) -> None:
    cid = add(SMALL)

    answer = Client().head(f"/ipfs/{cid}", query)

    assert (answer.status_code, body_of(answer)) == (200, b"")
    assert answer["ETag"]


def test_known_etag_is_answered_without_bytes() -> None:
    cid = add(SMALL)
    etag = Client().get(f"/ipfs/{cid}")["ETag"]

    again = Client().get(f"/ipfs/{cid}", headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("form", ["f01551220{digest}", "F01551220{upper}"])
def test_cid_in_another_base_is_the_same_content(form: str) -> None:
    digest = add(SMALL).digest.hex()

    answer = Client().get("/ipfs/" + form.format(digest=digest, upper=digest.upper()))

    assert body_of(answer) == SMALL


def test_content_that_we_do_not_hold_is_not_fetched_from_elsewhere() -> None:
    answer = Client().get(f"/ipfs/{raw_cid(b'somebody elses')}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "block_missing")


@pytest.mark.attack("S22")
@pytest.mark.parametrize(
    "cid", ["x", "..", "%2e%2e%2fkeys", "bafy", "Qm" + "1" * 44, "b" * 10_000, "%00", "bafkreié", "zb2rh%0a"]
)
def test_what_is_no_cid_is_refused(cid: str) -> None:
    assert Client().get(f"/ipfs/{cid}").status_code in {400, 404}


@pytest.mark.parametrize("wanted", ["tar", "RAW", "car;x", "../raw"])
def test_unknown_format_is_refused(wanted: str) -> None:
    assert Client().get(f"/ipfs/{add(SMALL)}", {"format": wanted}).status_code == 406


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_bytes_cannot_be_written_here(method: str) -> None:
    assert getattr(Client(), method)(f"/ipfs/{raw_cid(SMALL)}").status_code == 405


def test_damaged_block_is_an_error_and_not_other_bytes(content_folder) -> None:
    cid = add(SMALL)
    for file in content_folder.rglob("*"):
        if file.is_file() and file.read_bytes() == SMALL:
            file.chmod(0o600)
            file.write_bytes(b"a,b\n9,9\n")

    answer = Client().get(f"/ipfs/{cid}", {"format": "raw"})

    assert answer.status_code >= 400
    assert b"9,9" not in answer.content


def test_asgi_streams_part_by_part_and_gives_the_same_bytes() -> None:
    cid = add(LARGE)

    async def read() -> list[bytes]:
        answer = await AsyncClient().get(f"/ipfs/{cid}")
        assert answer.is_async
        parts = [part async for part in answer]
        await sync_to_async(connections.close_all)()
        return parts

    parts = asyncio.run(read())

    assert b"".join(parts) == LARGE
    assert len(parts) == 3
