"""Nudges a worker by task name. The row is the queue: a nudge that is lost costs seconds, never work."""

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger()
NUDGE_EXPIRES_SECONDS = 60


def wake(task_name: str, **ids: int | str) -> None:
    """Sends the task once the current transaction has committed; a broker that is away is only logged."""
    transaction.on_commit(lambda: _send(task_name, ids))


def _send(task_name: str, ids: dict[str, int | str]) -> None:
    try:
        current_app.send_task(task_name, kwargs=ids, expires=NUDGE_EXPIRES_SECONDS, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("nudge_lost", task_name=task_name, reason=type(error).__name__, **ids)
