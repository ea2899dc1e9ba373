"""manage.py rebuild_projections: fills the projected tables anew from the stored events."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from chain import projections
from chain.indexer.ledger import Ledger
from chain.indexer.lock import FollowerLock
from chain.indexer.options import FollowOptions


class Command(BaseCommand):
    """Gives the same rows as before, in one transaction; the follower waits meanwhile and goes on after."""

    help = "Empties every projected table and fills it again from the stored chain events."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--outdated", action="store_true", help="only where other code than this made the rows"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        ledger = Ledger(projections.load(settings.PROJECTIONS), history_blocks=FollowOptions().history_blocks)
        if options["outdated"]:
            self.stdout.write(_renewed(ledger))
        else:
            self.stdout.write(f"{ledger.replay()} events replayed")


def _renewed(ledger: Ledger) -> str:
    """Never beside a follower: one of another release would make the rows its own again."""
    lock = FollowerLock()
    if not lock.acquire():
        return "a follower is running: it replays by itself where it is of another release"
    try:
        replayed = ledger.renew()
    finally:
        lock.release()
    return "the rows are of this code" if replayed is None else f"{replayed} events replayed"
