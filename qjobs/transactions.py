"""Builds the executor's transactions in the sender's process, the only one that holds its keys."""

from typing import Any

from chain.abi import Call
from chain.bindings import job_board
from chain.deployments import current
from chain.models import OutboxEntry
from chain.signer import Signer
from marketplace.store import content_store
from qjobs.errors import RunRefused
from qjobs.executor.signing import signing_key
from qjobs.models import Job, Run, RunFile
from qjobs.records import DatasetInput, ParentInput, RunFacts, digest_of, run_record, sign
from storage.cid import Cid
from storage.protocol import ContentStore

MANIFEST_NAME = "manifest.json"
METRICS_NAME = "metrics.json"
RECORD_NAME = "run_record.json"


def build_claim(entry: OutboxEntry, signer: Signer) -> Call:
    """Claims a task for this executor."""
    return job_board.CLAIM.call(
        _board(), job_id=int(entry.payload["job_id"]), task=int(entry.payload["task"])
    )


def build_result(entry: OutboxEntry, signer: Signer) -> Call:
    """Signs the run record over the frozen bytes, keeps the envelope, and posts the digests.

    Everything is taken from frozen rows and Ed25519 is deterministic: a repeat gives the same call.
    """
    run = Run.objects.get(job_id=entry.payload["job_id"], task=entry.payload["task"])
    if run.epoch is None or run.epoch != entry.payload["epoch"]:
        raise RunRefused(
            f"The run holds claim {run.epoch}; this result is of claim {entry.payload['epoch']}."
        )
    store = content_store()
    manifest_cid, manifest = _frozen(run, MANIFEST_NAME, store)
    metrics_cid, metrics = _frozen(run, METRICS_NAME, store)
    statement = run_record(_facts(run, run.epoch, signer), manifest, metrics)
    envelope = sign(statement, signing_key())
    record_cid = store.add_block(envelope)
    RunFile.objects.update_or_create(
        run=run,
        name=RECORD_NAME,
        defaults={"cid": str(record_cid), "size": len(envelope), "sha256": digest_of(envelope)},
    )
    return job_board.POST_RESULT.call(
        _board(),
        job_id=run.job_id,
        task=run.task,
        epoch=run.epoch,
        artefact_digest=manifest_cid.digest_hex,
        metrics_digest=metrics_cid.digest_hex,
        run_record_digest=record_cid.digest_hex,
    )


def build_settle(entry: OutboxEntry, signer: Signer) -> Call:
    """Settles a job whose window is over."""
    return job_board.SETTLE.call(_board(), job_id=int(entry.payload["job_id"]))


def build_withdraw(entry: OutboxEntry, signer: Signer) -> Call:
    """Takes out what JobBoard credited to this executor in one token."""
    return job_board.WITHDRAW.call(_board(), token=entry.payload["token"])


def _facts(run: Run, epoch: int, signer: Signer) -> RunFacts:
    frozen: dict[str, Any] = run.facts
    job = Job.objects.get(pk=run.job_id)
    deployment = current()
    return RunFacts(
        chain_id=deployment.chain_id,
        job_board=deployment.address_of("JobBoard"),
        job_id=run.job_id,
        task=run.task,
        epoch=epoch,
        executor=signer.address,
        spec_digest=job.spec_digest,
        spec_cid=frozen["spec_cid"],
        datasets=tuple(
            DatasetInput(
                token_id=int(one["token_id"]),
                version=one["version"],
                cid=one["cid"],
                content_digest=one["content_digest"],
            )
            for one in frozen["datasets"]
        ),
        started_at=frozen["started_at"],
        finished_at=frozen["finished_at"],
        isolation=frozen["isolation"],
        environment=frozen["environment"],
        parents=tuple(
            ParentInput(int(one["token_id"]), one["manifest_cid"], one["manifest_digest"])
            for one in frozen.get("parents", ())
        ),
    )


def _frozen(run: Run, name: str, store: ContentStore) -> tuple[Cid, bytes]:
    """A small frozen file's CID and its verified bytes."""
    cid = Cid.parse(RunFile.objects.get(run=run, name=name).cid)
    return cid, store.read_block(cid)


def _board() -> str:
    return current().address_of("JobBoard")
