"""`manage.py follow` and `manage.py send` as the processes that a supervisor starts and stops."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.db import connection

from chain.selectors import indexed_head

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def surroundings(dollars, transactional_db, tmp_path) -> dict[str, str]:
    """The environment variables of an installation on this test's chain and database."""
    deployment = tmp_path / "deployment.json"
    deployment.write_text(
        json.dumps(
            {
                "chain_id": dollars.deployment.chain_id,
                "start_block": dollars.deployment.start_block,
                "genesis_hash": dollars.deployment.genesis_hash,
                "contracts": dict(dollars.deployment.contracts),
            }
        )
    )
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": database_url(),
        "CHAIN_RPC_URL": dollars.node.rpc_url,
        "DEPLOYMENT_FILE": str(deployment),
    }


def database_url() -> str:
    at = connection.settings_dict
    where = urlencode({"host": at["HOST"]} | ({"port": at["PORT"]} if at["PORT"] else {}))
    return f"postgresql://{quote(at['USER'])}:{quote(at['PASSWORD'])}@/{quote(at['NAME'])}?{where}"


@pytest.fixture
def start(surroundings) -> Iterator:
    started: list[subprocess.Popen] = []

    def start_command(name: str, **changes: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "manage.py", name],
            cwd=ROOT,
            env={**surroundings, **changes},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start_command
    for process in started:
        process.kill()
        process.communicate()


def wait_until(is_so, process: subprocess.Popen, seconds: float = 60) -> None:
    ends_at = time.monotonic() + seconds
    while not is_so():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < ends_at, "it did not come about in time"
        time.sleep(0.1)


def test_follower_process_follows_and_ends_cleanly_when_told_to(dollars, start):
    process = start("follow")
    wait_until(lambda: indexed_head() is not None, process)
    dollars.node.rpc("anvil_mine", hex(3))
    wait_until(lambda: indexed_head().number == dollars.client.head_number(), process)

    process.send_signal(signal.SIGTERM)
    _, complaints = process.communicate(timeout=20)

    assert process.returncode == 0
    assert "Traceback" not in complaints


def test_sender_process_ends_cleanly_when_told_to(start):
    process = start("send")
    wait_until(database_has_a_visitor, process)

    process.send_signal(signal.SIGTERM)
    _, complaints = process.communicate(timeout=20)

    assert process.returncode == 0
    assert "Traceback" not in complaints


def database_has_a_visitor() -> bool:
    """Whether the process works already: it looks at the outbox over its own connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND query LIKE '%chain_outbox%'"
        )
        return cursor.fetchone()[0] > 0


def test_process_on_another_chain_ends_with_one_line(start):
    process = start("follow", CHAIN_ID="1")

    _, complaints = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "Traceback" not in complaints
    assert "chain 1" in complaints
