"""The sender's life: sign what is wanted, see through what is signed, wait; several may run at once."""

from collections.abc import Callable
from datetime import datetime
from threading import Event

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from chain.client import ChainClient
from chain.errors import NodeUnavailable
from chain.sender.builders import Builder
from chain.sender.options import SendOptions
from chain.sender.signing import Signing
from chain.sender.tracking import Tracking
from chain.signer import Signer
from common.errors import RetryableError

log = structlog.get_logger()
FIRST_WAIT_SECONDS = 0.2


def no_failpoint(name: str) -> None:
    """Where a test may kill the process; in life nothing happens here."""


def any_chain() -> None:
    """Takes the node's chain for the right one."""


class Sender:
    """One sender over one node and one folder of keys.

    `check_chain` raises WrongChain where the node is not of our chain; it is asked at the start and again
    after the node was away, since another chain may have been started in its place.
    """

    def __init__(
        self,
        *,
        client: ChainClient,
        signer_of: Callable[[str], Signer],
        builder_of: Callable[[str], Builder],
        options: SendOptions,
        check_chain: Callable[[], None] = any_chain,
        failpoint: Callable[[str], None] = no_failpoint,
        now: Callable[[], datetime] = timezone.now,
    ) -> None:
        self._signing = Signing(
            client=client,
            signer_of=signer_of,
            builder_of=builder_of,
            longest_wait_seconds=options.longest_wait_seconds,
            failpoint=failpoint,
            now=now,
        )
        self._check_chain = check_chain
        self._is_checked = False
        self._tracking = Tracking(
            client=client, signing=self._signing, options=options, failpoint=failpoint, now=now
        )

    def sign_next(self) -> bool:
        """Signs the oldest entry that may be tried now; False where there is none."""
        return self._signing.sign_next()

    def step(self) -> bool:
        """Signs every entry that may be signed and looks once at every open one; whether anything changed."""
        try:
            if not self._is_checked:
                self._check_chain()
                self._is_checked = True
            signed = 0
            while self.sign_next():
                signed += 1
            return bool(self._tracking.track_all() + signed)
        except NodeUnavailable:
            self._is_checked = False
            raise


def send(sender: Sender, options: SendOptions, stop: Event) -> None:
    """Sends until `stop` is set; backs off while the node or the database is away."""
    wait = FIRST_WAIT_SECONDS
    while not stop.is_set():
        try:
            changed = sender.step()
        except (RetryableError, OperationalError, InterfaceError) as error:
            log.warning("sender_waits", reason=type(error).__name__, seconds=wait)
            if not isinstance(error, RetryableError):
                connection.close()
            stop.wait(wait)
            wait = min(2 * wait, options.longest_wait_seconds)
            continue
        wait = FIRST_WAIT_SECONDS
        if not changed:
            stop.wait(options.poll_seconds)
