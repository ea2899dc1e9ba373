"""manage.py executor_keys: makes the executor's two keys where there are none, prints their public halves."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import QommonsError
from qjobs.executor.private_data import key_file
from qjobs.executor.signing import ensure_signing_key, public_key_hex
from storage.age.key_file import ensure_identity


class Command(BaseCommand):
    """Needs no database. What is printed goes into the ExecutorRegistry; the private halves stay in files."""

    help = "Makes the executor's Ed25519 key and age key if there are none; prints public key and recipient."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(public_key_hex(ensure_signing_key()))
            self.stdout.write(str(ensure_identity(key_file())))
        except QommonsError as error:
            raise CommandError(error.message) from error
