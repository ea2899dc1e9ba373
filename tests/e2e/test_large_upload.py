"""A large file in the browser: the line breaks, the page is reloaded, and only what is missing is sent."""

import random
import re
from pathlib import Path

from playwright.sync_api import Browser, Request, Route

from config.demo.api import ApiUser
from storage.importer import import_stream
from tests.e2e.journey import visit
from tests.e2e.live_site import LiveSite

CHUNK = re.compile(r"/chunks/(\d+)$")
ROWS = 300_000


def large_table(folder: Path) -> Path:
    """About 11 MB, three chunks."""
    dice = random.Random(7)
    rows = (f"{dice.random():.15f},{dice.random():.15f},{number % 2}\n" for number in range(ROWS))
    file = folder / "large.csv"
    file.write_text("left,right,label\n" + "".join(rows))
    return file


def test_large_upload_goes_on_after_a_broken_line_and_a_reload(
    chromium: Browser, site: LiveSite, people: dict[str, ApiUser], tmp_path: Path
) -> None:
    file = large_table(tmp_path)
    sent: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PUT":
            sent.append(int(CHUNK.search(request.url)[1]))

    def break_the_line(route: Route) -> None:
        if CHUNK.search(route.request.url)[1] == "0":
            route.continue_()
        else:
            route.abort()

    with visit(chromium, site, people["member"].wallet) as provider:
        provider.open("/datasets/publish")
        provider.signs_in()
        provider.page.route(CHUNK, break_the_line)
        provider.page.set_input_files("#file", file)
        provider.press("Upload and profile")
        provider.sees("The line broke; trying again.")
        provider.page.reload()
        provider.sees("1 of 3 chunks are here")
        provider.page.unroute(CHUNK)
        provider.page.on("request", note)
        provider.page.set_input_files("#file", file)
        provider.press("Upload and profile")
        provider.page.wait_for_url(re.compile(r"/datasets/publish/\d+$"), timeout=120_000)
        upload_id = provider.page.url.rpartition("/")[2]

    assert sent == [1, 2]
    upload = people["member"].get(f"uploads/{upload_id}")
    with file.open("rb") as content:
        assert upload["cid"] == str(import_stream(content).cid)
    assert upload["profile"]["rows"] == ROWS
