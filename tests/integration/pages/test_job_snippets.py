"""The code on a job's page, copied from the page and run as it stands."""

import html
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.test import Client

from marketplace.store import content_store
from qjobs.models import Job, Run
from qjobs.records import FileEntry, manifest_bytes
from tests.fakes import job_rows, rows
from tests.fakes.asgi_server import asgi_server
from tests.integration.pages.test_job_pages import pin_metrics
from tests.tools import require_tool

pytestmark = pytest.mark.django_db(transaction=True)
CARD = b"# A model\n"


@pytest.fixture
def site(settings) -> Iterator[str]:
    with asgi_server() as address:
        settings.SITE_URL = address
        yield address


def add_settled_job(sha256: str) -> None:
    rows.add_head()
    job_rows.add_job(1)
    file = content_store().add_file(io.BytesIO(CARD))
    entry = FileEntry(cid=str(file.cid), size=len(CARD), sha256=sha256)
    manifest = content_store().add_block(manifest_bytes({"README.md": entry}))
    metrics = pin_metrics(job_rows.metrics_document())
    job_rows.add_result(1, metrics_digest=metrics, artefact_digest="0x" + manifest.digest.hex())


def snippets_on_the_page() -> dict[str, str]:
    text = Client().get("/jobs/1").text
    found = re.findall(
        r'<pre class="wide" tabindex="0" aria-label="([^"]+)"><code>(.*?)</code>', text, re.DOTALL
    )
    return {name: html.unescape(code) for name, code in found}


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=120, check=False
    )


def test_curl_on_the_page_gives_the_job_as_the_api_does(site: str) -> None:
    require_tool("curl", how="apt install curl")
    add_settled_job("33cf" * 16)

    done = subprocess.run(
        ["bash", "-c", snippets_on_the_page()["Read it"]],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == Client().get("/api/v1/jobs/1").json()


def test_python_on_the_page_fetches_every_file_and_holds_it_to_its_hash(site: str) -> None:
    add_settled_job(content_store().add_block(CARD).digest.hex())

    done = run_python(snippets_on_the_page()["Fetch and check its files"])

    assert done.returncode == 0, done.stderr
    assert "settled" in done.stdout
    assert f"README.md {len(CARD)} bytes, hash checked" in done.stdout
    assert "Classical wins" in done.stdout


def test_python_on_the_page_stops_at_a_file_with_another_hash(site: str) -> None:
    add_settled_job("00" * 32)

    done = run_python(snippets_on_the_page()["Fetch and check its files"])

    assert done.returncode != 0
    assert "AssertionError" in done.stderr


def test_curl_follows_a_running_job_to_its_end(site: str) -> None:
    require_tool("curl", how="apt install curl")
    rows.add_head()
    job_rows.add_job(1, state=Job.State.RUNNING)
    job_rows.add_run(1, events=2)
    follow = snippets_on_the_page()["Follow it"]
    curl = subprocess.Popen(["bash", "-c", follow], stdout=subprocess.PIPE, text=True)
    try:
        assert curl.stdout is not None
        lines = iter(curl.stdout.readline, "")
        assert next(line for line in lines if "split 2" in line)
        Run.objects.update(state=Run.State.DONE)
        job_rows.add_result(1)
        assert next(line for line in lines if line.strip() == "event: end")
        assert curl.wait(60) == 0
    finally:
        curl.kill()
        curl.wait()
