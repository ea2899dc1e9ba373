"""From signed bytes to a final receipt: broadcast, watch, broadcast again, replace what is stuck."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from chain.blocks import Receipt
from chain.client import ChainClient
from chain.errors import (
    AlreadyKnown,
    CallReverted,
    InsufficientFunds,
    NodeRefused,
    NonceTooLow,
    Underpriced,
)
from chain.fees import FeeOffer, fee_offer, replacement_offer
from chain.models import OutboxEntry, OutboxTransaction
from chain.sender.options import SendOptions
from chain.sender.signing import Signing
from chain.signer import call_of

log = structlog.get_logger()
State = OutboxEntry.State


class Tracking:
    """Sees signed entries through to FINAL or FAILED, whatever reorganisations do in between."""

    def __init__(
        self,
        *,
        client: ChainClient,
        signing: Signing,
        options: SendOptions,
        failpoint: Callable[[str], None],
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._signing = signing
        self._options = options
        self._failpoint = failpoint
        self._now = now

    def track_all(self) -> int:
        """Looks once at every entry that is signed and not finished; gives how many changed their state."""
        open_ids = OutboxEntry.objects.filter(state__in=[State.SIGNED, State.SENT, State.MINED])
        final_number = self._final_number()
        return sum(
            self.track(entry_id, final_number) for entry_id in list(open_ids.values_list("id", flat=True))
        )

    def track(self, entry_id: int, final_number: int) -> bool:
        """Looks once at one entry; False where nothing changed or another sender has it in hand."""
        with transaction.atomic():
            entry = OutboxEntry.objects.select_for_update(skip_locked=True).filter(id=entry_id).first()
            if entry is None:
                return False
            before = entry.state
            signed = list(entry.transactions.order_by("id"))
            earlier, tries = _split(signed)
            receipt = self._receipt(tries) or self._success(earlier)
            if receipt is None:
                self._fill_gap(earlier)
                self._push(entry, tries, final_number)
            else:
                self._record(entry, signed, receipt, final_number)
            entry.save()
            self._failpoint("tracked")
        return entry.state != before

    def _final_number(self) -> int:
        if self._options.confirmations == "finalized":
            return self._client.block("finalized").number
        return self._client.head_number() - self._options.confirmations

    def _receipt(self, signed: Sequence[OutboxTransaction]) -> Receipt | None:
        for one in reversed(signed):
            receipt = self._client.receipt(one.tx_hash)
            if receipt is not None:
                return receipt
        return None

    def _success(self, earlier: Sequence[OutboxTransaction]) -> Receipt | None:
        """A try before the newest nonce was refused; only a reorganisation lets it succeed after all."""
        found = (self._receipt([one]) for one in earlier)
        return next((receipt for receipt in found if receipt is not None and receipt.succeeded), None)

    def _fill_gap(self, earlier: Sequence[OutboxTransaction]) -> None:
        """Sends refused tries again whose nonces a reorganisation freed: nothing later is mined before."""
        for one in earlier:
            is_free = self._client.transaction_count(one.sender_address) <= one.nonce
            if one.succeeded is False and is_free:
                with suppress(AlreadyKnown, NonceTooLow, NodeRefused, InsufficientFunds, Underpriced):
                    self._client.send_raw(bytes(one.raw))

    def _record(
        self, entry: OutboxEntry, signed: Sequence[OutboxTransaction], receipt: Receipt, final_number: int
    ) -> None:
        of_nonce = next(one for one in signed if one.tx_hash == receipt.tx_hash).nonce
        for one in signed:
            if one.nonce == of_nonce:
                _write_receipt(one, receipt if one.tx_hash == receipt.tx_hash else None)
        entry.error = "" if receipt.succeeded else self._reason(entry, signed, receipt)
        if receipt.block_number > final_number:
            entry.state = State.MINED
            return
        entry.state = State.FINAL if receipt.succeeded else State.FAILED
        log.info("transaction_final", entry=entry.key, tx=receipt.tx_hash, succeeded=receipt.succeeded)

    def _reason(self, entry: OutboxEntry, signed: Sequence[OutboxTransaction], receipt: Receipt) -> str:
        """Why a mined transaction failed: the same call is asked again in the block before it."""
        if entry.error and entry.state == State.MINED:
            return entry.error
        mined = next(one for one in signed if one.tx_hash == receipt.tx_hash)
        try:
            self._client.call(
                call_of(bytes(mined.raw)), sender=mined.sender_address, block=receipt.block_number - 1
            )
        except CallReverted as error:
            return error.message
        if receipt.gas_used >= mined.gas_limit:
            return "the transaction ran out of gas"
        return "the contract refused the transaction"

    def _push(self, entry: OutboxEntry, signed: Sequence[OutboxTransaction], final_number: int) -> None:
        """No receipt: send again what may be lost, replace what is stuck, give up a nonce that is lost."""
        was_mined = any(one.mined_block_number is not None for one in signed)
        for one in signed:
            _write_receipt(one, None)
        newest = signed[-1]
        entry.state = State.SENT if newest.broadcast_at else State.SIGNED
        if self._is_nonce_lost(newest, final_number):
            entry.state, entry.error = State.PENDING, "another transaction of this key took the nonce"
            return
        if self._is_stuck(newest):
            newest = self._bump(entry, newest)
        if was_mined or self._is_due(newest):
            self._broadcast(entry, newest)

    def _broadcast(self, entry: OutboxEntry, signed: OutboxTransaction) -> None:
        try:
            self._client.send_raw(bytes(signed.raw))
        except AlreadyKnown:
            pass  # an earlier broadcast of these bytes arrived
        except NonceTooLow:
            return  # mined a moment ago, or the nonce is lost: the next look tells
        except Underpriced:
            self._bump(entry, signed)
            return
        except (InsufficientFunds, NodeRefused) as error:
            entry.error = error.message
            log.error("broadcast_refused", entry=entry.key, tx=signed.tx_hash, reason=error.message)
            return
        self._failpoint("broadcast")
        signed.broadcast_at = self._now()
        signed.save()
        entry.state, entry.error = State.SENT, ""

    def _bump(self, entry: OutboxEntry, old: OutboxTransaction) -> OutboxTransaction:
        market = fee_offer(self._client.base_fee(), self._client.priority_fee())
        offer = replacement_offer(FeeOffer(int(old.max_fee_wei), int(old.priority_fee_wei)), market)
        try:
            self._signing.replace(entry, old, offer, call_of(bytes(old.raw)))
        except InsufficientFunds as error:
            entry.error = error.message
            return old
        return entry.transactions.order_by("id").last() or old

    def _is_due(self, signed: OutboxTransaction) -> bool:
        return signed.broadcast_at is None or self._is_past(
            signed.broadcast_at, self._options.rebroadcast_seconds
        )

    def _is_stuck(self, signed: OutboxTransaction) -> bool:
        """Long without a receipt, and next in line: one behind another of ours waits for that one."""
        return (
            signed.broadcast_at is not None
            and self._is_past(signed.signed_at, self._options.bump_seconds)
            and self._client.transaction_count(signed.sender_address) == signed.nonce
        )

    def _is_nonce_lost(self, signed: OutboxTransaction, final_number: int) -> bool:
        if final_number < 0 or self._client.transaction_count(signed.sender_address) <= signed.nonce:
            return False
        return self._client.transaction_count(signed.sender_address, final_number) > signed.nonce

    def _is_past(self, moment: datetime, seconds: float) -> bool:
        return self._now() >= moment + timedelta(seconds=seconds)


def _split(
    signed: Sequence[OutboxTransaction],
) -> tuple[list[OutboxTransaction], list[OutboxTransaction]]:
    """Tries that are over, and those that share the newest nonce: of the latter at most one is ever mined."""
    newest = signed[-1]
    last = [one for one in signed if (one.nonce, one.sender_address) == (newest.nonce, newest.sender_address)]
    return [one for one in signed if one not in last], last


def _write_receipt(signed: OutboxTransaction, receipt: Receipt | None) -> None:
    found = (
        (None, None, None, None)
        if receipt is None
        else (receipt.block_number, receipt.block_hash, receipt.succeeded, receipt.gas_used)
    )
    written = (signed.mined_block_number, signed.mined_block_hash, signed.succeeded, signed.gas_used)
    if found != written:
        signed.mined_block_number, signed.mined_block_hash, signed.succeeded, signed.gas_used = found
        signed.save()
