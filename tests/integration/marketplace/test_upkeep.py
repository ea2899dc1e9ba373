"""The scheduled upkeep of the content store: damage is repaired, the unwanted goes in its time."""

import io
from pathlib import Path
from unittest import mock

import pytest
from celery import current_app

import marketplace.tasks
from config import celery_settings
from marketplace.services import upkeep
from marketplace.services.upkeep import DAY_SECONDS, collect_store, scrub_store
from marketplace.store import content_store
from storage.cid import Cid
from storage.local.store import LocalStore

CONTENT = b"row\n" * 700_000
NOW = 1_800_000_000.0


@pytest.fixture
def kept(content_folder: Path, settings) -> Cid:
    settings.SCRUB_DAYS = 1
    return content_store().add_file(io.BytesIO(CONTENT)).cid


def spoil(cid: Cid) -> None:
    content = content_store().layout.tree(cid) / "content"
    content.write_bytes(b"x" + content.read_bytes()[1:])


def test_scrub_of_a_sound_store_finds_nothing(kept: Cid) -> None:
    assert scrub_store(now=NOW) == 0
    assert content_store().has(kept)


@pytest.mark.fault("F20")
def test_scrub_tells_damage_and_repairs_it_where_a_source_has_the_blocks(
    kept: Cid, settings, tmp_path: Path
) -> None:
    other = LocalStore(tmp_path / "other")
    other.add_file(io.BytesIO(CONTENT))
    spoil(kept)

    assert scrub_store(now=NOW) == 1
    assert not content_store().has(kept)
    settings.SCRUB_SOURCE = "https://gateway.example"
    with mock.patch.object(upkeep, "HttpBlockSource", return_value=other) as asked:
        assert scrub_store(now=NOW) == 0

    asked.assert_called_once_with("https://gateway.example")
    assert b"".join(content_store().open(kept)) == CONTENT


def test_collection_takes_what_is_unwanted_for_a_day_and_nothing_pinned(kept: Cid) -> None:
    unwanted = content_store().add_block(b"nobody wants this")
    content_store().unpin(unwanted)
    times = [NOW, NOW + DAY_SECONDS - 1, NOW + DAY_SECONDS + 1]

    assert [collect_store(now=now) for now in times] == [0, 0, 1]

    assert content_store().has(kept)
    assert not content_store().has(unwanted)


def test_upkeep_of_a_node_is_the_node_s_own(settings) -> None:
    settings.IPFS_API_URL = "http://127.0.0.1:9"

    assert (scrub_store(now=NOW), collect_store(now=NOW)) == (0, 0)


def test_each_scheduled_task_of_the_market_exists() -> None:
    named = {entry["task"] for entry in celery_settings.beat_schedule.values()}

    tasks = {name for name in current_app.tasks if name.startswith("marketplace.")}
    assert tasks == {name for name in named if name.startswith("marketplace.")}
    assert marketplace.tasks.sweep.name in named
