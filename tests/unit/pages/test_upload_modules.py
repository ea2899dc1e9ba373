"""The module that sends a large file, run in Node against answers of the API."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.tools import require_tool

STATIC = Path(__file__).parents[3] / "static"
SESSION = "uploads/sessions/s"
BEGUN = ["POST uploads/sessions", f"POST {SESSION}/finish"]
LOOK = f"GET {SESSION}"
JOINS, READS, KEEPS = "Step 1 of 3", "Step 2 of 3", "Step 3 of 3"


@pytest.fixture
def send(tmp_path: Path) -> Any:
    """Sends a file of two chunks to a site that goes this way; gives what came of it."""
    node = require_tool("node", how="make setup")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for name in ("wallet", "verify"):
        shutil.copytree(STATIC / name, tmp_path / name)
    site = Path(__file__).with_name("upload_site.mjs")

    def sent(way: str) -> dict[str, Any]:
        words = [node, str(site), (tmp_path / "wallet" / "chunks.js").as_uri(), way]
        done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return sent


@pytest.mark.parametrize(
    ("way", "asked", "said"),
    [
        ("small", BEGUN, []),
        ("large", [*BEGUN, LOOK, LOOK, LOOK, "GET uploads/9"], [JOINS, READS, KEEPS]),
        (
            "killed",
            [*BEGUN, LOOK, LOOK, BEGUN[1], LOOK, LOOK, LOOK, "GET uploads/9"],
            [JOINS, READS, "The line broke", JOINS, READS, KEEPS],
        ),
        (
            "busy",
            [*BEGUN, LOOK, BEGUN[1], LOOK, LOOK, LOOK, "GET uploads/9"],
            [JOINS, "The line broke", JOINS, READS, KEEPS],
        ),
    ],
)
def test_upload_is_followed_step_by_step_until_the_site_has_it(
    send: Any, way: str, asked: list[str], said: list[str]
) -> None:
    found = send(way)

    assert found["kept"] == {"id": "9", "cid": "bafy"}
    assert found["asked"] == asked
    assert len(found["said"]) == len(said)
    assert all(words.startswith(start) for words, start in zip(found["said"], said, strict=True))


@pytest.mark.parametrize(
    ("way", "said", "asked"),
    [
        ("no table", "No table.", [*BEGUN, LOOK, f"DELETE {SESSION}"]),
        ("no table, refused while away", "No table.", [LOOK, f"DELETE {SESSION}"]),
        ("no room", "No room.", [*BEGUN, LOOK]),
    ],
)
def test_upload_that_is_refused_is_told_in_the_sites_words_and_not_asked_for_again(
    send: Any, way: str, said: str, asked: list[str]
) -> None:
    found = send(way)

    assert found["kept"] == {"error": said, "status": 422}
    assert (found["asked"], found["chunks"]) == (asked, 2 * (BEGUN[0] in asked))
