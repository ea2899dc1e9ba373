"""The Celery app. A message carries only ids; the row in the database is the queue."""

import os
from pathlib import Path

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

app = Celery("qommons")
app.config_from_object("config.celery_settings")
app.autodiscover_tasks(["chain", "marketplace", "qjobs"])


def ensure_queue_folders(queue_dir: Path) -> None:
    """Makes the folders of the file-system queue; a deleted folder costs only nudges, never work."""
    for name in ("messages", "processed", "control"):
        (queue_dir / name).mkdir(parents=True, exist_ok=True)
