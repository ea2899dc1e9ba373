"""The market's upkeep, once in a while; each task may run twice."""

import time

from celery import shared_task
from django.utils import timezone

from marketplace.pins import check_pins
from marketplace.services.upkeep import collect_store, scrub_store
from marketplace.services.upload_sessions import sweep_uploads


@shared_task(name="marketplace.sweep_uploads")
def sweep() -> None:
    """Drops uploads that nobody goes on with, and lets go of what kills left in the store."""
    sweep_uploads(timezone.now())


@shared_task(name="marketplace.scrub_store")
def scrub() -> None:
    """Hashes a day's share of the content store again."""
    scrub_store(now=time.time())


@shared_task(name="marketplace.collect_store")
def collect() -> None:
    """Removes what nobody has wanted for a day."""
    collect_store(now=time.time())


@shared_task(name="marketplace.check_pins")
def check() -> None:
    """Reads a day's share of the promised content back from every place, and brings what is missing there."""
    check_pins(timezone.now())
