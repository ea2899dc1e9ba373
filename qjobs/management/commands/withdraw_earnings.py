"""manage.py withdraw_earnings: takes out what JobBoard owes this deployment's executor."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chain.accounts import checksum
from chain.deployments import address_of
from chain.models import OutboxEntry
from common.errors import QommonsError
from marketplace.tokens import token_at
from qjobs.services.earnings import request_withdrawal

WAIT_SECONDS = 120
POLL_SECONDS = 0.25
MINED = {OutboxEntry.State.MINED, OutboxEntry.State.FINAL}


class Command(BaseCommand):
    """Writes the intention into the outbox and waits until the sender has had it mined."""

    help = "Withdraws the executor's credit at JobBoard in one token."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--token", help="address of the token; this chain's TestDollar where left out")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            token = checksum(options["token"]) if options["token"] else address_of("TestDollar")
            entry, units = request_withdrawal(token=token)
        except QommonsError as error:
            raise CommandError(error.message) from error
        self._wait(entry)
        self.stdout.write(f"withdrew {token_at(token).text(units)}")

    def _wait(self, entry: OutboxEntry) -> None:
        ends_at = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < ends_at:
            entry.refresh_from_db()
            if entry.state in MINED:
                return
            if entry.state == OutboxEntry.State.FAILED:
                raise CommandError(f"the withdrawal failed: {entry.error}")
            time.sleep(POLL_SECONDS)
        raise CommandError(f"the withdrawal was not mined within {WAIT_SECONDS} s; is the sender running?")
