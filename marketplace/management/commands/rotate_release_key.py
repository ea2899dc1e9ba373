"""manage.py rotate_release_key: a new key of the release service, all keys of private data wrapped anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.errors import QommonsError
from marketplace.release.rotation import drop_old_keys, rotate


class Command(BaseCommand):
    """The sealed files and their CIDs stay as they are. May be repeated after it was cut off."""

    help = "Changes the release service's key and wraps every key of private data for the new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--drop-old", action="store_true", help="forget the older keys, once nothing is wrapped for them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["drop_old"]:
                self.stdout.write(f"{drop_old_keys()} older key(s) forgotten")
            else:
                self.stdout.write(f"{rotate()} key(s) wrapped for the new recipient")
        except QommonsError as error:
            raise CommandError(error.message) from error
