"""One deployment for all tests of this folder, taken back to its first state before each of them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.celery import app
from config.stack.anvil import AnvilNode, start_anvil
from config.stack.queue_folders import ensure_queue_folders
from tests.integration.qjobs.stage import ROOT, People, Stage, cid_text, deploy, small_table
from tests.tools import missing

SIGNING_SEED = bytes(range(32))
UNUSABLE_DATABASE_URL = "postgresql://nobody@127.0.0.1:1/nothing"


@pytest.fixture(scope="session")
def people() -> People:
    return People()


@pytest.fixture(scope="session")
def jobs_node() -> Iterator[AnvilNode]:
    """An Anvil of this folder's own: its clock is moved and its blocks are reorganised."""
    with start_anvil() as node:
        yield node


@pytest.fixture(scope="session")
def deployment_file(jobs_node, people, tmp_path_factory) -> Path:
    if not (ROOT / "build/bytecode/JobBoard.json").exists():
        missing("the contracts are not compiled (make setup)")
    public = Ed25519PrivateKey.from_private_bytes(SIGNING_SEED).public_key().public_bytes_raw()
    return deploy(
        jobs_node, people, signing_key="0x" + public.hex(), folder=tmp_path_factory.mktemp("deployment")
    )


@pytest.fixture
def own_parts(settings, tmp_path, people, transactional_db) -> None:
    """A database, a content store, keys and scratch of this test alone."""
    settings.STORE_DIR = tmp_path / "store"
    settings.RUN_SCRATCH_DIR = tmp_path / "runs"
    settings.KEYS_DIR = tmp_path / "keys"
    settings.KEYS_DIR.mkdir(mode=0o700)
    _write_key(settings.KEYS_DIR / "executor.key", people.executor.private_key)
    _write_key(settings.KEYS_DIR / "executor-signing.key", SIGNING_SEED.hex())
    app.set_default()
    ensure_queue_folders(settings.QUEUE_DIR)


@pytest.fixture
def stage(jobs_node, people, deployment_file, settings, own_parts) -> Iterator[Stage]:
    """The deployed commons with all that is this test's own."""
    settings.CHAIN_RPC_URL = jobs_node.rpc_url
    settings.CHAIN_ID = jobs_node.chain_id
    settings.DEPLOYMENT_FILE = deployment_file
    snapshot = jobs_node.rpc("evm_snapshot")
    yield Stage(jobs_node, people)
    jobs_node.rpc("evm_revert", snapshot)


@pytest.fixture
def dataset(stage) -> tuple[int, str]:
    """(token id, content CID) of a small dataset that the researcher may compute on."""
    content = small_table()
    token_id = stage.publish_dataset(content)
    return token_id, cid_text(content)


@pytest.fixture
def requested_job(stage, dataset) -> int:
    """A job that waits for its vote; the member's votes count."""
    stage.delegate_votes()
    return stage.request_job(stage.small_spec(*dataset))


@pytest.fixture
def approved_job(stage, requested_job) -> int:
    """A job whose approval is one block deep."""
    stage.approve_job(requested_job)
    return requested_job


@pytest.fixture
def verify(stage, live_server, tmp_path):
    """Runs the command, or another that reads chain and blocks, as a stranger; gives the ended process."""

    def run(
        *words: str, ipfs: str = live_server.url, name: str = "verify"
    ) -> subprocess.CompletedProcess[str]:
        empty = tmp_path / "empty"
        empty.mkdir(exist_ok=True)
        command = [sys.executable, str(ROOT / "manage.py"), name, *words, "--rpc", stage.node.rpc_url]
        command += ["--ipfs", ipfs, "--board", stage.at("JobBoard")]
        environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": UNUSABLE_DATABASE_URL,
            "VAR_DIR": str(empty),
            "SECRET_KEY": "an auditor signs nothing",
        }
        return subprocess.run(
            command, cwd=empty, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    return run


def _write_key(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o600)
