"""The folders of the file-system queue. A deleted one costs only nudges, never work: the row is the queue."""

from pathlib import Path

NAMES = ("messages", "processed", "control")


def ensure_queue_folders(queue_dir: Path) -> None:
    """Makes the folders that are missing."""
    for name in NAMES:
        (queue_dir / name).mkdir(parents=True, exist_ok=True)
