"""manage.py executor_keys: makes the executor's signing key if there is none, prints its public half."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import QommonsError
from qjobs.executor.signing import ensure_signing_key, public_key_hex


class Command(BaseCommand):
    """Needs no database. The public key goes into the ExecutorRegistry; the private one stays in its file."""

    help = "Makes the executor's Ed25519 key if there is none, and prints the public key."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(public_key_hex(ensure_signing_key()))
        except QommonsError as error:
            raise CommandError(error.message) from error
