"""What this installation does in a dispute: computes again, says what it found, ends what is over."""

import json
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from chain.deployments import address_of
from chain.outbox import enqueue
from common.locks import held_alone
from governance.selectors.clock import chain_time
from marketplace.store import content_store
from qjobs.executor.rechecking import compute_again
from qjobs.models import Dispute, Recheck

log = structlog.get_logger()
LONGEST_RECHECK_SECONDS = 3600
RETRY_SECONDS = 5


def look_at_dispute(dispute_id: str) -> None:
    """Does what is due in an open dispute. May be repeated: each verifier attests once, and one closes."""
    dispute = Dispute.objects.filter(pk=dispute_id, state=Dispute.State.OPEN).first()
    if dispute is None:
        return
    left = int(dispute.attest_by) - chain_time()
    if left < 0:
        _close(dispute)
    elif settings.VERIFIER_KEY_NAMES:
        recheck = _made(dispute, seconds=max(1, min(left, LONGEST_RECHECK_SECONDS)))
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
    block = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    cid = content_store().add_block(block)
    recheck.verdict, recheck.report_cid = document["verdict"], str(cid)
    recheck.report_digest = cid.digest_hex
    recheck.retry_at = None if recheck.is_decided else Now() + timedelta(seconds=RETRY_SECONDS)
    recheck.save()
    log.info("dispute_rechecked", dispute=dispute.pk, verdict=recheck.verdict, report=recheck.report_cid)


def _attest(dispute: Dispute, recheck: Recheck) -> None:
    payload = {
        "job_id": dispute.job_id,
        "is_right": recheck.verdict == Recheck.Verdict.MATCH,
        "report_digest": recheck.report_digest,
    }
    with transaction.atomic():
        for name in settings.VERIFIER_KEY_NAMES:
            enqueue(key=_key("attest", dispute, name), kind="attest", sender=name, payload=payload)


def _close(dispute: Dispute) -> None:
    sender = next(iter(settings.VERIFIER_KEY_NAMES), settings.EXECUTOR_KEY_NAME)
    with transaction.atomic():
        enqueue(
            key=_key("close", dispute, sender),
            kind="close_dispute",
            sender=sender,
            payload={"job_id": dispute.job_id},
        )


def _key(act: str, dispute: Dispute, name: str) -> str:
    """Spelled by meaning; a challenge that a reorganisation mined anew is another one."""
    return f"{act}:{address_of('DisputeBook')}:{dispute.pk}:{dispute.opened_tx[:18]}:{name}"
