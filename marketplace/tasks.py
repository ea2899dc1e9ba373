"""The market's upkeep, once in a while; each task may run twice."""

from celery import shared_task
from django.utils import timezone

from marketplace.services.upload_sessions import sweep_uploads


@shared_task(name="marketplace.sweep_uploads")
def sweep() -> None:
    """Drops uploads that nobody goes on with, and lets go of what kills left in the store."""
    sweep_uploads(timezone.now())
