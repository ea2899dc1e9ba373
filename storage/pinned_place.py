"""A pinning service as a place: it takes no bytes from us, it fetches them from another place of ours."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from storage.car import CarReader
from storage.cid import Cid, raw_cid
from storage.errors import BlockMissing, BlockTooLarge, PinRefused, SourceUnavailable
from storage.importer import ByteStream, import_stream
from storage.pinning import WHERE, PinningService
from storage.protocol import MAX_DOCUMENT_BYTES, StoredFile
from storage.sources import HttpBlockSource

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.25, 5.0
PIN_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Clock:
    """The time that waiting goes by."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class PinnedPlace(HttpBlockSource):
    """A ContentStore that a service keeps for us; it is read at the service's gateway, each block checked.

    pin_seconds: how long a new pin may take; what is fetched later than that is found by the next check.
    """

    def __init__(
        self,
        service: PinningService,
        gateway_url: str,
        *,
        pin_seconds: float = PIN_SECONDS,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(gateway_url)
        self._service = service
        self._pin_seconds = pin_seconds
        self._clock = clock or Clock()

    def add_file(self, stream: ByteStream) -> StoredFile:
        imported = import_stream(stream)
        self.pin(imported.cid)
        return StoredFile(imported.cid, imported.size)

    def add_block(self, document: bytes) -> Cid:
        if len(document) > MAX_DOCUMENT_BYTES:
            raise BlockTooLarge(limit_bytes=MAX_DOCUMENT_BYTES, cid="the document")
        cid = raw_cid(document)
        self.pin(cid)
        return cid

    def import_car(self, stream: ByteStream) -> Cid:
        """Asks for the tree that the CAR names; whoever reads the place checks what came."""
        root = CarReader(stream, limits=self._limits).root
        self.pin(root)
        return root

    def has(self, cid: Cid) -> bool:
        try:
            self.read_block(cid)
        except BlockMissing:
            return False
        return True

    def pin(self, cid: Cid) -> None:
        known = [asked for asked in self._service.requests_of(cid) if asked.state != "failed"]
        asked = known[0] if known else self._service.request(cid)
        end, pause = self._clock.now() + self._pin_seconds, FIRST_PAUSE_SECONDS
        while asked.state in {"queued", "pinning"}:
            if self._clock.now() > end:
                raise SourceUnavailable(f"{WHERE} had not fetched {cid} after {self._pin_seconds:g} s")
            self._clock.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            asked = self._service.look(asked)
        if asked.state != "pinned":
            raise PinRefused(f"{WHERE} could not fetch {cid}")

    def unpin(self, cid: Cid) -> None:
        for asked in self._service.requests_of(cid):
            self._service.drop(asked)

    def is_pinned(self, cid: Cid) -> bool:
        return any(asked.state == "pinned" for asked in self._service.requests_of(cid))
