"""manage.py send: signs and sends what the outbox wants, until it is told to stop."""

import signal
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chain.client import ChainClient, client
from chain.deployments import current
from chain.errors import NotDeployed, WrongChain
from chain.identity import check_database, check_deployment
from chain.models import IndexCursor
from chain.sender.builders import builders_from, signers_from
from chain.sender.loop import Sender, send
from chain.sender.options import SendOptions


class Command(BaseCommand):
    """The only process that reads the keys of KEYS_DIR. SIGTERM and SIGINT stop it between two steps."""

    help = "Signs, sends and follows the transactions that the outbox wants."

    def handle(self, *args: Any, **options: Any) -> None:
        node = client()
        send_options = SendOptions(confirmations=settings.CHAIN_CONFIRMATIONS)
        sender = Sender(
            client=node,
            check_chain=lambda: _check_chain(node),
            signer_of=signers_from(settings.KEYS_DIR),
            builder_of=builders_from(settings.OUTBOX_KINDS),
            options=send_options,
        )
        try:
            send(sender, send_options, _stop_at_signals())
        except (WrongChain, NotDeployed) as error:
            raise CommandError(error.message) from error


def _check_chain(node: ChainClient) -> None:
    """A transaction of one chain must not be sent on another that was started in its place."""
    deployment = current()
    genesis = check_deployment(node, deployment)
    cursor = IndexCursor.objects.first()
    if cursor is not None:
        check_database(cursor, deployment, genesis)


def _stop_at_signals() -> Event:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
