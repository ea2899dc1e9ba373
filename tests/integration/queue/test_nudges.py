"""A nudge from one process wakes a Celery worker in another, on the file-system queue and on Redis."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from config.stack.layout import ROOT
from config.stack.ports import unused_port
from config.stack.queue_folders import ensure_queue_folders
from qjobs.models import SpecDocument
from qjobs.spec import build_spec, canonical_bytes, spec_cid, spec_digest
from tests.tools import require_tool

ADDRESS = "0x" + "11" * 20
WAKE = "import django; django.setup(); from common.wake import wake; wake('qjobs.preview', digest='{digest}')"
WORKER = [
    "-m",
    "celery",
    "-A",
    "config.celery",
    "worker",
    "-Q",
    "preview",
    "--pool",
    "solo",
    "--without-mingle",
]
WITHIN_SECONDS = 60


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis of this test's own, on the loopback address, without persistence."""
    server = require_tool("redis-server", how="apt install redis-server")
    port = unused_port()
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait(10)


@pytest.fixture(params=["filesystem", "redis"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The settings of each broker that we promise."""
    ensure_queue_folders(tmp_path / "queue")
    queue = {"QUEUE_DIR": str(tmp_path / "queue"), "BROKER_URL": "filesystem://"}
    return (
        queue
        if request.param == "filesystem"
        else queue | {"BROKER_URL": request.getfixturevalue("redis_url")}
    )


@pytest.fixture
def start(broker: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen]]:
    """Starts a Python process on this test's database and broker; none is left behind."""
    database = settings.DATABASES["default"]
    socket = f"host={database['HOST']}&port={database['PORT']}"
    environment = dict(os.environ)
    environment |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"postgresql://{database['USER']}@/{connection.settings_dict['NAME']}?{socket}",
    }
    started: list[subprocess.Popen] = []

    def start_process(*words: str) -> subprocess.Popen:
        started.append(subprocess.Popen([sys.executable, *words], cwd=ROOT, env=environment | broker))
        return started[-1]

    yield start_process
    for process in started:
        process.kill()
        process.wait(10)


@pytest.fixture
def waiting_spec(transactional_db: None) -> SpecDocument:
    """A pinned spec whose circuit nobody has drawn yet."""
    columns = {"features": ["width", "height"], "label": "kind", "positive_label": "b"}
    content = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
    spec = build_spec(
        {
            "chain_id": "31337",
            "dataset_token": ADDRESS,
            "datasets": [{"token_id": "1", "version": 1, "content_cid": content, "columns": columns}],
            "qubits": 2,
            "algorithm": {"name": "qsvm"},
            "budget": {"payment_token": ADDRESS, "pay_per_task": "1"},
        }
    )
    return SpecDocument.objects.create(
        digest=spec_digest(spec),
        cid=str(spec_cid(spec)),
        author=ADDRESS,
        spec=spec.model_dump(mode="json"),
        estimate={"bytes": len(canonical_bytes(spec))},
    )


def test_nudge_wakes_a_worker_that_does_what_the_row_says(waiting_spec: SpecDocument, start) -> None:
    start(*WORKER)

    assert start("-c", WAKE.format(digest=waiting_spec.digest)).wait(WITHIN_SECONDS) == 0

    _wait_until_drawn(waiting_spec)


@pytest.mark.fault("F05")
def test_nudge_arrives_after_the_queue_folder_was_deleted_and_made_anew(
    waiting_spec: SpecDocument, start, broker: dict[str, str]
) -> None:
    start(*WORKER)
    shutil.rmtree(broker["QUEUE_DIR"])
    ensure_queue_folders(Path(broker["QUEUE_DIR"]))

    start("-c", WAKE.format(digest=waiting_spec.digest)).wait(WITHIN_SECONDS)

    _wait_until_drawn(waiting_spec)


@pytest.mark.fault("F06")
def test_nudge_without_a_broker_is_no_error(
    waiting_spec: SpecDocument, start, broker: dict[str, str]
) -> None:
    broker["BROKER_URL"] = f"redis://127.0.0.1:{unused_port()}/0"

    assert start("-c", WAKE.format(digest=waiting_spec.digest)).wait(WITHIN_SECONDS) == 0


def _wait_until_drawn(spec: SpecDocument) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while not SpecDocument.objects.filter(pk=spec.pk, preview_state=SpecDocument.Preview.READY).exists():
        assert time.monotonic() < deadline, "the worker never drew the circuit"
        time.sleep(0.2)
