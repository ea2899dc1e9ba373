"""The folders of the file-system queue. A deleted one costs only nudges, never work: the row is the queue."""

import time
from contextlib import suppress
from pathlib import Path

NAMES = ("messages", "processed", "control")
DRAFT_SECONDS = 3600.0


def ensure_queue_folders(queue_dir: Path) -> None:
    """Makes the folders that are missing."""
    for name in NAMES:
        (queue_dir / name).mkdir(parents=True, exist_ok=True)


def forget_left_drafts(queue_dir: Path) -> None:
    """Removes the messages that a killed process never finished writing; one that is written now is young."""
    last_write = time.time() - DRAFT_SECONDS
    for draft in (queue_dir / "messages").glob("*.draft"):
        with suppress(FileNotFoundError):
            if draft.stat().st_mtime < last_write:
                draft.unlink()
