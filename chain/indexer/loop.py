"""The follower's life: look, wait, look again; back off while node or database are away; stop when asked."""

from threading import Event

import structlog
from django.db import InterfaceError, OperationalError, connection

from chain.indexer.follower import Follower, Progress
from chain.indexer.lock import FollowerLock
from chain.indexer.options import FollowOptions
from common.errors import RetryableError

log = structlog.get_logger()
FIRST_WAIT_SECONDS = 0.2


def follow(follower: Follower, options: FollowOptions, stop: Event) -> None:
    """Follows the chain until `stop` is set. A second follower stands by until the first one ends."""
    lock = FollowerLock()
    wait = FIRST_WAIT_SECONDS
    stands_by = False
    while not stop.is_set():
        try:
            if not lock.acquire():
                if not stands_by:
                    log.info("another_follower_is_at_work")
                    stands_by = True
                stop.wait(options.poll_seconds)
                continue
            progress = follower.step()
        except (RetryableError, OperationalError, InterfaceError) as error:
            log.warning("follower_waits", reason=type(error).__name__, seconds=wait)
            if not isinstance(error, RetryableError):
                connection.close()
            stop.wait(wait)
            wait = min(2 * wait, options.longest_wait_seconds)
            continue
        wait, stands_by = FIRST_WAIT_SECONDS, False
        if progress is Progress.IDLE:
            stop.wait(options.poll_seconds)
    if connection.connection is not None and connection.is_usable():
        lock.release()


def catch_up(follower: Follower) -> None:
    """Follows until there is nothing new."""
    while follower.step() is not Progress.IDLE:
        pass
