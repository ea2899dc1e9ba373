"""The API's JSON of disputes, executors and their stakes; amounts as decimal strings, times as ISO 8601."""

from governance.api.documents import iso_time
from qjobs.api.dispute_answers import (
    AttestationAnswer,
    DisputeAnswer,
    ExecutorAnswer,
    ExecutorKeyAnswer,
    PreparedWithApproval,
)
from qjobs.models import Attestation, ExecutorKey
from qjobs.selectors.dispute_terms import dispute_terms
from qjobs.selectors.disputes import DisputeView
from qjobs.selectors.executors import ExecutorRecord
from qjobs.services.approvals import Approved
from storage.cid import Cid


def approved_json(offer: Approved) -> PreparedWithApproval:
    """An exact approval, where one is needed, and what it is for."""
    return {
        "approval": None if offer.approval is None else offer.approval.as_json(),
        "transaction": offer.transaction.as_json(),
    }


def dispute_json(view: DisputeView) -> DisputeAnswer:
    """A dispute with all that was said in it."""
    row = view.dispute
    return {
        "number": str(row.number),
        "job_id": str(row.job_id),
        "task": row.task,
        "state": row.get_state_display(),
        "challenger": row.challenger,
        "executor": row.executor,
        "reason_digest": row.reason_digest,
        "reason_cid": str(Cid.from_digest(row.reason_digest)),
        "opened_at": iso_time(row.opened_at),
        "attest_by": iso_time(int(row.attest_by)),
        "closed_at": iso_time(row.closed_at),
        "can_close": view.can_close,
        "slashed": str(row.slashed_units),
        "attestations": [_attestation_json(one) for one in view.attestations],
    }


def executor_json(record: ExecutorRecord) -> ExecutorAnswer:
    """An executor with its stake, its record and its keys."""
    row, terms = record.executor, dispute_terms()
    return {
        "number": str(row.number),
        "address": row.address,
        "is_admitted": row.is_admitted,
        "is_verifier": row.is_verifier,
        "admitted_at": iso_time(row.admitted_at),
        "removed_at": iso_time(row.removed_at),
        "staked": str(row.staked_units),
        "leaving": str(row.leaving_units),
        "leaves_at": iso_time(None if row.leaves_at is None else int(row.leaves_at)),
        "slashed": str(row.slashed_units),
        "stake_token": None if terms is None else terms.token.address,
        "tasks_claimed": record.claimed,
        "tasks_posted": record.posted,
        "results_challenged": record.challenged,
        "disputes_lost": record.lost,
        "attestations": record.attested,
        "keys": [_key_json(key) for key in record.keys],
    }


def _attestation_json(row: Attestation) -> AttestationAnswer:
    return {
        "verifier": row.verifier,
        "is_right": row.is_right,
        "report_digest": row.report_digest,
        "report_cid": str(Cid.from_digest(row.report_digest)),
        "at": iso_time(row.attested_at),
        "tx_hash": row.attested_tx,
    }


def _key_json(row: ExecutorKey) -> ExecutorKeyAnswer:
    return {
        "number": row.number,
        "signing_key": row.signing_key,
        "age_recipient": row.age_recipient,
        "since": iso_time(row.since),
    }
