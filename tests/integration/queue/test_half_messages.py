"""A message of the file queue is there whole or not at all, and half a message stops no worker."""

import os
import time
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError

from common.wake import _send
from config.celery import app
from config.file_queue import Channel
from config.stack.queue_folders import DRAFT_SECONDS, ensure_queue_folders, forget_left_drafts

QUEUE = "jobs"


@pytest.fixture
def messages(settings) -> Path:
    app.set_default()
    ensure_queue_folders(settings.QUEUE_DIR)
    folder = settings.QUEUE_DIR / "messages"
    for file in folder.iterdir():
        file.unlink()
    return folder


@pytest.fixture
def channel(messages: Path) -> Any:
    with Connection("filesystem://", transport_options=app.conf.broker_transport_options) as connection:
        yield connection.channel()


def test_workers_and_those_who_wake_them_use_this_queue(messages: Path) -> None:
    with app.connection() as connection:
        assert isinstance(connection.channel(), Channel)


@pytest.mark.fault("F27")
def test_half_messages_of_a_full_disk_are_passed_over_and_the_next_whole_one_is_taken(
    channel: Any, messages: Path
) -> None:
    (messages / f"0_empty.{QUEUE}.msg").touch()
    (messages / f"1_half.{QUEUE}.msg").write_text('{"body": "x')
    channel._put(QUEUE, {"body": "whole"})

    assert channel._get(QUEUE) == {"body": "whole"}
    with pytest.raises(Empty):
        channel._get(QUEUE)


def test_message_that_is_being_written_is_seen_by_no_reader_and_one_that_failed_leaves_nothing(
    channel: Any, messages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_with_half_of_it_written(file: Path, text: str) -> int:
        with file.open("w") as half:
            half.write(text[:5])
        with pytest.raises(Empty):
            channel._get(QUEUE)
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_text", fail_with_half_of_it_written)
    with pytest.raises(ChannelError):
        channel._put(QUEUE, {"body": "lost"})

    assert list(messages.iterdir()) == []


@pytest.mark.fault("F01")
def test_draft_that_a_killed_process_left_is_removed_and_one_that_is_written_now_is_not(
    messages: Path,
) -> None:
    left, young, message = (
        messages / name for name in (f"0.{QUEUE}.draft", f"1.{QUEUE}.draft", f"2.{QUEUE}.msg")
    )
    for file in (left, young, message):
        file.write_text("{")
    for file in (left, message):
        os.utime(file, (0, time.time() - DRAFT_SECONDS - 60))

    forget_left_drafts(messages.parent)

    assert [file.exists() for file in (left, young, message)] == [False, True, True]


def test_nudge_that_cannot_be_written_is_logged_and_stops_nobody(
    messages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError("no space left")

    _send("qjobs.run", {"job_id": 1, "task": 0})
    monkeypatch.setattr(Path, "write_text", refuse)
    _send("qjobs.run", {"job_id": 2, "task": 0})

    assert len(list(messages.iterdir())) == 1
