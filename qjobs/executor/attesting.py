"""What this installation does in a dispute: computes again, says what it found, ends what is over."""

import json
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from chain.outbox import enqueue
from common.locks import held_alone
from governance.selectors.clock import chain_time
from marketplace.store import content_store
from qjobs.executor.rechecking import compute_again
from qjobs.models import Dispute, Recheck
from qjobs.rules.withholding import is_withheld
from qjobs.selectors.transaction_keys import dispute_key

log = structlog.get_logger()
LEAST_RETRY_SECONDS = 5
TRIES_A_DISPUTE = 16
WITHHELD = (
    "Tried {tries} times since second {since} of the chain: what the job names is there, "
    "and no gateway gives what the executor posted."
)


def look_at_dispute(dispute_id: str) -> None:
    """Does what is due in an open dispute. May be repeated: each verifier attests once, and one closes."""
    dispute = Dispute.objects.filter(pk=dispute_id, state=Dispute.State.OPEN).first()
    if dispute is None:
        return
    left = int(dispute.attest_by) - chain_time()
    if left < 0:
        _close(dispute)
    elif settings.VERIFIER_KEY_NAMES:
        recheck = _made(dispute, seconds=left)
        if recheck.is_decided:
            _attest(dispute, recheck)


def _made(dispute: Dispute, *, seconds: int) -> Recheck:
    """Our recheck of this challenge, made now unless somebody makes it: then it has no verdict yet."""
    recheck, _ = Recheck.objects.get_or_create(dispute_id=dispute.pk, opened_tx=dispute.opened_tx)
    if recheck.is_decided:
        return recheck
    with held_alone(f"recheck:{recheck.pk}") as is_held:
        recheck.refresh_from_db()
        if is_held and not recheck.is_decided and _is_due(recheck):
            _compute(dispute, recheck, seconds)
    return recheck


def _is_due(recheck: Recheck) -> bool:
    return Recheck.objects.filter(Q(retry_at=None) | Q(retry_at__lt=Now()), pk=recheck.pk).exists()


def _compute(dispute: Dispute, recheck: Recheck, seconds: int) -> None:
    document = compute_again(dispute, seconds=seconds)
    # Our own site lacks what another installation keeps: only a gateway that we were given shows an absence.
    is_absent = bool(document["withheld"]) and bool(settings.VERIFY_IPFS_URL)
    if is_absent and document["verdict"] == Recheck.Verdict.CANNOT_CHECK:
        document = _held_to_the_executor(dispute, recheck, document)
    block = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    cid = content_store().add_block(block)
    recheck.verdict, recheck.report_cid = document["verdict"], str(cid)
    recheck.report_digest = cid.digest_hex
    recheck.retry_at = None if recheck.is_decided else Now() + timedelta(seconds=_pause(dispute))
    recheck.save()
    log.info("dispute_rechecked", dispute=dispute.pk, verdict=recheck.verdict, report=recheck.report_cid)


def _held_to_the_executor(dispute: Dispute, recheck: Recheck, document: dict[str, Any]) -> dict[str, Any]:
    """Counts one more try without the posted files; in the end their absence itself is what is wrong."""
    now = chain_time()
    recheck.withheld_since = recheck.withheld_since or now
    recheck.withheld_tries += 1
    is_over = is_withheld(
        opened_at=dispute.opened_at,
        attest_by=int(dispute.attest_by),
        now=now,
        missing_since=recheck.withheld_since,
        tries=recheck.withheld_tries,
    )
    if not is_over:
        return document
    note = WITHHELD.format(tries=recheck.withheld_tries, since=recheck.withheld_since)
    mismatches = [f"{name} (withheld)" for name in document["withheld"]]
    return document | {"verdict": Recheck.Verdict.MISMATCH.value, "mismatches": mismatches, "note": note}


def _pause(dispute: Dispute) -> int:
    """Seconds until the next try: a fixed number of tries a dispute, however long it may last."""
    return max(LEAST_RETRY_SECONDS, (int(dispute.attest_by) - dispute.opened_at) // TRIES_A_DISPUTE)


def _attest(dispute: Dispute, recheck: Recheck) -> None:
    payload = {
        "job_id": dispute.job_id,
        "is_right": recheck.verdict == Recheck.Verdict.MATCH,
        "report_digest": recheck.report_digest,
    }
    with transaction.atomic():
        for name in settings.VERIFIER_KEY_NAMES:
            enqueue(key=dispute_key("attest", dispute, name), kind="attest", sender=name, payload=payload)


def _close(dispute: Dispute) -> None:
    sender = next(iter(settings.VERIFIER_KEY_NAMES), settings.EXECUTOR_KEY_NAME)
    with transaction.atomic():
        enqueue(
            key=dispute_key("close", dispute, sender),
            kind="close_dispute",
            sender=sender,
            payload={"job_id": dispute.job_id},
        )
