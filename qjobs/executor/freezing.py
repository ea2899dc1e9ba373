"""Keeps what a run gave: from then on exactly these bytes are posted, however often that is tried."""

import time
from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction
from django.db.models.functions import Now
from django.views.decorators.debug import sensitive_variables

from marketplace.models import ContentKey
from marketplace.release.files import key_of_result
from marketplace.store import content_store
from qjobs.errors import RunRefused
from qjobs.executor.checks import CheckedJob, CheckedParent
from qjobs.executor.lease import Lease, add_event, move
from qjobs.models import Run, RunFile
from qjobs.records import FileEntry, describe_files, manifest_bytes
from qjobs.rules.run_states import RunState
from qjobs.runner import RunOutput
from storage.age.file_key import FileKey

MANIFEST_NAME = "manifest.json"


@sensitive_variables()
def freeze(
    lease: Lease, job: CheckedJob, output: RunOutput, *, sealing: Mapping[str, FileKey], started_at: int
) -> None:
    """Keeps the result's bytes and notes what the run record will state: a repeat posts exactly this.

    `sealing`: the keys of the outputs that are sealed; each goes, wrapped, to the release service.
    """
    add_event(lease, stage="freeze", message=f"Keeping {len(output.files)} result files")
    entries = {
        name: replace(entry, plain_digest=output.plain_digests.get(name, ""))
        for name, entry in describe_files(output.files).items()
    }
    _keep(output, entries)
    manifest = manifest_bytes(entries)
    manifest_cid = content_store().add_block(manifest)
    rows = [
        *(_row(lease, name, entry.cid, entry.size, f"0x{entry.sha256}") for name, entry in entries.items()),
        _row(lease, MANIFEST_NAME, str(manifest_cid), len(manifest), manifest_cid.digest_hex),
    ]
    job_id = Run.objects.values_list("job_id", flat=True).get(pk=lease.run_id)
    keys = [key_of_result(entries[name].cid, key, job_id=job_id) for name, key in sealing.items()]
    with transaction.atomic():
        move(lease, RunState.FROZEN, facts=_facts(job, output, started_at), finished_at=Now())
        RunFile.objects.filter(run_id=lease.run_id).delete()
        RunFile.objects.bulk_create(rows)
        ContentKey.objects.bulk_create(keys)
        add_event(lease, stage="frozen", message=_frozen_words(sealing))


def _keep(output: RunOutput, entries: Mapping[str, FileEntry]) -> None:
    store = content_store()
    for name, path in output.files.items():
        with path.open("rb") as handle:
            stored = store.add_file(handle)
        if str(stored.cid) != entries[name].cid:
            raise RunRefused(f"{name} was stored as {stored.cid}, not as {entries[name].cid}.")


def _facts(job: CheckedJob, output: RunOutput, started_at: int) -> dict[str, object]:
    return {
        "spec_cid": str(job.spec_cid),
        "datasets": [
            {
                "token_id": str(one.token_id),
                "version": one.version,
                "cid": str(one.cid),
                "content_digest": one.content_digest,
            }
            for one in job.inputs
        ],
        "parents": [_parent_facts(job.parent)] if job.parent else [],
        "started_at": started_at,
        "finished_at": int(time.time()),
        "isolation": output.isolation,
        "environment": dict(output.environment),
    }


def _parent_facts(parent: CheckedParent) -> dict[str, str]:
    return {
        "token_id": str(parent.token_id),
        "manifest_cid": str(parent.manifest_cid),
        "manifest_digest": parent.manifest_cid.digest_hex,
    }


def _row(lease: Lease, name: str, cid: str, size: int, sha256: str) -> RunFile:
    return RunFile(run_id=lease.run_id, name=name, cid=cid, size=size, sha256=sha256)


def _frozen_words(sealed: Mapping[str, FileKey]) -> str:
    if not sealed:
        return "The result's bytes are frozen"
    return f"The result's bytes are frozen; sealed, since they carry rows: {', '.join(sorted(sealed))}"
