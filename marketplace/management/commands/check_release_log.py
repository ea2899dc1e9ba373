"""manage.py check_release_log: whether the log of releases is whole and unchanged."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from marketplace.models import ReleaseEntry
from marketplace.release.log import entries
from marketplace.rules.release_log import first_problem

BROKEN = 1


class Command(BaseCommand):
    """Exits 0 where the log holds, 1 where an entry is missing or was changed."""

    help = "Checks the hash chain of the log of releases and prints its newest hash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--noted", default="", help="a newest hash of an earlier check, noted elsewhere; it must occur"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        problem = first_problem(entries(), options["noted"])
        if problem:
            self.stdout.write(f"BROKEN: {problem}")
            raise SystemExit(BROKEN)
        newest = ReleaseEntry.objects.first()
        if newest is None:
            self.stdout.write("HOLDS: nothing was released yet")
        else:
            self.stdout.write(f"HOLDS: {newest.number} entries, the newest hash is {newest.hash}")
