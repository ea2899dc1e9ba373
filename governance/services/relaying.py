"""Votes that are signed and carried to the chain by our relayer, so that a voter needs no ETH."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from chain.abi_types import hex_to_bytes
from chain.bindings import commons_governor
from chain.client import client
from chain.deployments import current
from chain.errors import CallReverted, UndecodableData
from chain.models import OutboxEntry
from chain.outbox import enqueue
from chain.prepared import Detail
from chain.typed_data import ballot as ballot_message
from common.errors import InvalidInput
from governance.errors import RelayRefused
from governance.rules.ballots import OUTBOX_KIND, RELAYER, SignedBallot, nonce_key
from governance.selectors.relays import Relay, relayed_since, view_relay
from governance.services.voting import Ballot, check_ballot

MAX_SIGNATURE_BYTES = 4096  # of a contract wallet; a key's has 65
DAY = timedelta(days=1)
SEND_IT_YOURSELF = "You can send the vote yourself."


@dataclass(frozen=True)
class BallotOffer:
    """The document that the voter signs, and what each of its fields says."""

    typed_data: dict[str, Any]
    summary: str
    details: tuple[Detail, ...]


def offer_ballot(*, number: int, voter: str, support: str, reason: str) -> BallotOffer:
    """The EIP-712 ballot to sign; raises as `check_ballot` does, RelayRefused where we would not carry it."""
    ballot = check_ballot(number=number, voter=voter, support=support, reason=reason)
    _check_quota(voter)
    document = _document(ballot)
    fields = document["message"]
    lines = [line if isinstance(line, Detail) else Detail(line[0], str(line[1])) for line in ballot.details()]
    details = (
        *lines,
        Detail("Voter", voter),
        Detail("Nonce", "kept for this proposal alone: it spoils no other signature", str(fields["nonce"])),
        Detail("Governor", document["domain"]["verifyingContract"]),
        Detail("Chain", document["domain"]["chainId"]),
    )
    return BallotOffer(document, ballot.summary, details)


def relay_ballot(*, number: int, voter: str, support: str, reason: str, signature: str) -> Relay:
    """Puts a signed vote into the outbox once the Governor itself has taken it in a trial.

    The same signed vote twice is one. Raises InvalidInput for a signature that is not the voter's over this
    vote, RelayRefused over the quota or for a second, different vote.
    """
    ballot = check_ballot(number=number, voter=voter, support=support, reason=reason)
    signed = SignedBallot(
        governor=current().address_of("CommonsGovernor"),
        proposal_id=str(ballot.number),
        voter=voter,
        support=int(ballot.support),
        reason=reason,
        signature=_checked_signature(signature),
    )
    _try_on_chain(signed)
    with transaction.atomic():
        _one_at_a_time(voter)
        known = OutboxEntry.objects.filter(key=signed.key).first()
        if known is not None and known.payload != signed.as_payload():
            raise RelayRefused(f"The relayer has another vote of yours on this proposal. {SEND_IT_YOURSELF}")
        if known is None:
            _check_quota(voter)
        entry = known or enqueue(
            key=signed.key, kind=OUTBOX_KIND, sender=RELAYER, payload=signed.as_payload()
        )
    return view_relay(entry)


def _document(ballot: Ballot) -> dict[str, Any]:
    """The one place where a ballot's typed data is made, for page, API and tests."""
    node, deployment = client(), current()
    governor = deployment.address_of("CommonsGovernor")
    key = nonce_key(ballot.number)
    return ballot_message(
        governor=governor,
        proposal_id=ballot.number,
        support=int(ballot.support),
        voter=ballot.voter,
        nonce=node.read(governor, commons_governor.NONCES_KEYED, owner=ballot.voter, key=key),
        name=node.read(governor, commons_governor.NAME),
        chain_id=deployment.chain_id,
        reason=ballot.reason,
    )


def _try_on_chain(signed: SignedBallot) -> None:
    try:
        client().call(signed.call)
    except CallReverted as error:
        if error.custom_error == "GovernorInvalidSignature":
            raise InvalidInput(
                "The signature is not this voter's over this vote.", field="signature"
            ) from error
        raise


def _checked_signature(signature: str) -> str:
    try:
        size = len(hex_to_bytes(signature))
    except UndecodableData as error:
        raise InvalidInput("A signature is 0x and hex digits.", field="signature") from error
    if not 0 < size <= MAX_SIGNATURE_BYTES:
        raise InvalidInput(f"A signature has 1 to {MAX_SIGNATURE_BYTES} bytes.", field="signature")
    return signature.lower()


def _check_quota(voter: str) -> None:
    allowed = settings.RELAYED_VOTES_A_DAY
    if allowed == 0:
        raise RelayRefused(f"This site relays no votes. {SEND_IT_YOURSELF}")
    if relayed_since(voter, timezone.now() - DAY) >= allowed:
        raise RelayRefused(f"The relayer takes {allowed} votes a day from one voter. {SEND_IT_YOURSELF}")


def _one_at_a_time(voter: str) -> None:
    """Two tabs of one voter count after each other, so that neither passes the quota beside the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"ballot:{voter}"])
