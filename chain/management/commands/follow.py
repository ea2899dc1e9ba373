"""manage.py follow: reads the chain into the database until it is told to stop."""

import signal
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chain import projections
from chain.client import ChainClient, client
from chain.deployments import current
from chain.errors import FollowerBusy, NotDeployed, RowsOfOtherCode, WrongChain
from chain.indexer.follower import Follower
from chain.indexer.ledger import Ledger
from chain.indexer.lock import FollowerLock
from chain.indexer.loop import catch_up, follow
from chain.indexer.options import FollowOptions


class Command(BaseCommand):
    """Follows the chain; a second follower stands by. SIGTERM and SIGINT stop it between two transactions."""

    help = "Reads the chain into the database, and takes back what the chain takes back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when there is nothing new")

    def handle(self, *args: Any, **options: Any) -> None:
        follow_options = FollowOptions(confirmations=settings.CHAIN_CONFIRMATIONS)
        try:
            follower = _follower(follow_options)
            if options["once"]:
                _once(follower)
            else:
                follow(follower, follow_options, _stop_at_signals())
        except (WrongChain, NotDeployed, FollowerBusy, RowsOfOtherCode) as error:
            raise CommandError(error.message) from error


def _follower(options: FollowOptions) -> Follower:
    witnesses = [ChainClient(url, settings.CHAIN_ID) for url in getattr(settings, "CHAIN_WITNESS_URLS", ())]
    return Follower(
        client=client(),
        deployment=current(),
        ledger=Ledger(projections.load(settings.PROJECTIONS), history_blocks=options.history_blocks),
        options=options,
        witnesses=witnesses,
    )


def _once(follower: Follower) -> None:
    lock = FollowerLock()
    if not lock.acquire():
        raise FollowerBusy("another process already follows the chain into this database")
    try:
        catch_up(follower)
    finally:
        lock.release()


def _stop_at_signals() -> Event:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
