"""Builds what a verifier sends in a dispute, in the sender's process; the contract refuses who may not."""

from chain.abi import Call
from chain.bindings import dispute_book
from chain.deployments import address_of
from chain.models import OutboxEntry
from chain.signer import Signer


def build_attestation(entry: OutboxEntry, signer: Signer) -> Call:
    """Says whether the disputed result holds."""
    return dispute_book.ATTEST.call(
        address_of("DisputeBook"),
        job_id=int(entry.payload["job_id"]),
        is_right=bool(entry.payload["is_right"]),
        report_digest=entry.payload["report_digest"],
    )


def build_close(entry: OutboxEntry, signer: Signer) -> Call:
    """Ends a dispute whose attest-by has passed."""
    return dispute_book.CLOSE.call(address_of("DisputeBook"), job_id=int(entry.payload["job_id"]))
