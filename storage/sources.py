"""Blocks from any IPFS gateway over HTTP, verified here."""

from http import HTTPStatus

from storage.cid import Cid
from storage.errors import BlockMissing, BlockTooLarge, SourceUnavailable
from storage.exchange import Exchange, checked_url
from storage.limits import DEFAULT_LIMITS, DEFAULT_PATIENCE, Patience, ReadLimits
from storage.remote import VerifiedSource

RAW_TYPE = "application/vnd.ipld.raw"
CAR_TYPE = "application/vnd.ipld.car; version=1; order=dfs; dups=y"
MISSING = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class HttpBlockSource(VerifiedSource):
    """A gateway that answers /ipfs/<cid>?format=raw and ?format=car."""

    where = "the gateway"

    def __init__(
        self, base_url: str, *, limits: ReadLimits = DEFAULT_LIMITS, patience: Patience = DEFAULT_PATIENCE
    ) -> None:
        super().__init__(limits=limits)
        self._base = checked_url(base_url)
        self._patience = patience

    def _ask_block(self, cid: Cid) -> Exchange:
        exchange = self._ask(cid, "raw", RAW_TYPE, self._patience.block_seconds)
        if exchange.stated_bytes > self._limits.block_bytes:
            exchange.close()
            raise BlockTooLarge(limit_bytes=self._limits.block_bytes, cid=str(cid))
        return exchange

    def _ask_car(self, cid: Cid) -> Exchange:
        return self._ask(cid, "car", CAR_TYPE, self._patience.stream_seconds)

    def _ask(self, cid: Cid, form: str, media_type: str, deadline_seconds: float) -> Exchange:
        exchange = Exchange(self._base, self._patience, deadline_seconds=deadline_seconds, where=self.where)
        status = exchange.ask("GET", f"/ipfs/{cid}?format={form}", {"Accept": media_type})
        if status == HTTPStatus.OK:
            return exchange
        exchange.close()
        if status in MISSING:
            raise BlockMissing(str(cid), where=self.where)
        raise SourceUnavailable(f"the gateway answered {status} for {cid}")
