"""From intention to signed bytes: build the call, take a nonce under lock, sign, store. Nothing is sent."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from chain.abi import Call
from chain.client import ChainClient
from chain.errors import InsufficientFunds, NodeUnavailable
from chain.fees import FeeOffer, fee_offer, with_headroom
from chain.models import OutboxEntry, OutboxTransaction, SenderAccount
from chain.sender.builders import Builder
from chain.signer import Signer
from common.errors import PermanentError, RetryableError

log = structlog.get_logger()
WEI_PER_ETHER = 10**18


class Signing:
    """Signs pending entries, oldest first; several senders may do so at once."""

    def __init__(
        self,
        *,
        client: ChainClient,
        signer_of: Callable[[str], Signer],
        builder_of: Callable[[str], Builder],
        longest_wait_seconds: float,
        failpoint: Callable[[str], None],
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._signer_of = signer_of
        self._builder_of = builder_of
        self._longest_wait_seconds = longest_wait_seconds
        self._failpoint = failpoint
        self._now = now

    def sign_next(self) -> bool:
        """Signs the oldest entry that may be tried now, or writes down why not; False where there is none."""
        with transaction.atomic():
            entry = (
                OutboxEntry.objects.select_for_update(skip_locked=True)
                .filter(state=OutboxEntry.State.PENDING)
                .filter(Q(not_before=None) | Q(not_before__lte=self._now()))
                .first()
            )
            if entry is None:
                return False
            self._try(entry)
            entry.save()
            self._failpoint("stored")
        self._failpoint("signed")
        return True

    def replace(self, entry: OutboxEntry, old: OutboxTransaction, offer: FeeOffer, call: Call) -> None:
        """Signs the same call with the same nonce and a higher fee, so that at most one of them is mined."""
        signer = self._signer_of(entry.sender)
        self._require_funds(signer, call, old.gas_limit, offer)
        self._store(entry, signer, call, nonce=old.nonce, gas_limit=old.gas_limit, offer=offer)
        log.warning("transaction_replaced", entry=entry.key, nonce=old.nonce, old=old.tx_hash)

    def _try(self, entry: OutboxEntry) -> None:
        entry.attempts += 1
        try:
            # What a builder wrote before it failed is taken back; the entry's own row is not.
            with transaction.atomic():
                self._sign(entry)
        except NodeUnavailable:
            raise
        except RetryableError as error:
            wait = min(2 ** min(entry.attempts - 1, 16), self._longest_wait_seconds)
            entry.error, entry.not_before = error.message, self._now() + timedelta(seconds=wait)
            # An empty account stops everything that it sends until somebody fills it.
            say = log.error if isinstance(error, InsufficientFunds) else log.warning
            say("outbox_entry_waits", entry=entry.key, reason=error.message, seconds=wait)
        except PermanentError as error:
            entry.error, entry.state = error.message, OutboxEntry.State.FAILED
            log.error("outbox_entry_failed", entry=entry.key, reason=error.message)
        else:
            entry.error, entry.not_before, entry.state = "", None, OutboxEntry.State.SIGNED

    def _sign(self, entry: OutboxEntry) -> None:
        signer = self._signer_of(entry.sender)
        call = self._builder_of(entry.kind)(entry, signer)
        self._failpoint("built")
        gas_limit = with_headroom(self._client.estimate_gas(call, signer.address))
        offer = fee_offer(self._client.base_fee(), self._client.priority_fee())
        self._require_funds(signer, call, gas_limit, offer)
        mined = self._client.transaction_count(signer.address)
        account = _locked_account(signer.address)
        # The chain is ahead of us only where the key was used elsewhere: those nonces are gone.
        nonce = max(account.next_nonce, mined)
        self._store(entry, signer, call, nonce=nonce, gas_limit=gas_limit, offer=offer)
        account.next_nonce = nonce + 1
        account.save()

    def _store(
        self, entry: OutboxEntry, signer: Signer, call: Call, *, nonce: int, gas_limit: int, offer: FeeOffer
    ) -> None:
        signed = signer.sign(
            {
                "type": 2,
                "chainId": self._client.chain_id,
                "nonce": nonce,
                "to": call.to,
                "data": call.data_hex,
                "value": call.value,
                "gas": gas_limit,
                "maxFeePerGas": offer.max_fee,
                "maxPriorityFeePerGas": offer.priority_fee,
            }
        )
        OutboxTransaction.objects.create(
            entry=entry,
            sender_address=signer.address,
            nonce=nonce,
            raw=signed.raw,
            tx_hash=signed.tx_hash,
            gas_limit=gas_limit,
            max_fee_wei=offer.max_fee,
            priority_fee_wei=offer.priority_fee,
            signed_at=self._now(),
        )

    def _require_funds(self, signer: Signer, call: Call, gas_limit: int, offer: FeeOffer) -> None:
        needed = gas_limit * offer.max_fee + call.value
        balance = self._client.balance(signer.address)
        if balance < needed:
            raise InsufficientFunds(
                f"{signer.name} ({signer.address}) has {balance / WEI_PER_ETHER:.6f} ETH "
                f"and needs {needed / WEI_PER_ETHER:.6f}"
            )


def _locked_account(address: str) -> SenderAccount:
    SenderAccount.objects.get_or_create(address=address, defaults={"next_nonce": 0})
    return SenderAccount.objects.select_for_update().get(address=address)
