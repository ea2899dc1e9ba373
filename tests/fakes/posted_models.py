"""A model that was really trained, posted with its rows: small enough for every test run."""

import io
from collections.abc import Collection
from datetime import UTC, datetime
from functools import cache

from marketplace.models import AccessPass, Right, SubjectKind
from marketplace.store import content_store
from qjobs.algorithms.qsvm.job import run_qsvm
from qjobs.algorithms.rows import TableBytes
from qjobs.algorithms.table import Table, read_table
from qjobs.records import FileEntry, manifest_bytes
from qjobs.spec import JobSpec, canonical_bytes, spec_digest
from storage.age.file_key import FileKey
from storage.age.vault import seal_under
from storage.cid import Cid
from tests.fakes import job_rows, rows
from tests.vectors.qjobs.specs import small_spec, two_irises_csv

IRISES = two_irises_csv()
SPEC = small_spec(IRISES)


@cache
def irises() -> Table:
    """The rows that the model was trained on."""
    return read_table(SPEC, {1: TableBytes(IRISES)})


@cache
def artefact() -> dict[str, bytes]:
    """The files of the trained model."""
    return dict(run_qsvm(SPEC, irises()).files)


def add_trained_model(
    token_id: int = 1,
    *,
    files: dict[str, bytes] | None = None,
    spec: JobSpec = SPEC,
    sealed: Collection[str] = (),
    dataset_id: int = 1,
) -> None:
    """Job and model with these rows and bytes, some of them sealed; the owner is the researcher."""
    store, entries = content_store(), {}
    posted = artefact() if files is None else files
    for name, plain in posted.items():
        key = FileKey(bytes(range(16))) if name in sealed else None
        block = plain if key is None else b"".join(seal_under(io.BytesIO(plain), key))
        stored = store.add_file(io.BytesIO(block))
        digest = "" if key is None else key.digest_of(plain)
        entries[name] = FileEntry(str(stored.cid), len(block), "11" * 32, plain_digest=digest)
    store.add_block(canonical_bytes(spec))
    told = posted.get("metrics.json") or artefact()["metrics.json"]
    manifest, metrics = store.add_block(manifest_bytes(entries)), store.add_block(told)
    rows.add_head()
    rows.add_dataset(dataset_id)
    named = {"spec_digest": spec_digest(spec), "algorithm": spec.algorithm.name}
    job_rows.add_job(token_id, dataset_id=dataset_id, **named)
    job_rows.add_result(token_id, artefact_digest=_digest(manifest), metrics_digest=_digest(metrics))


def add_predict_pass(pass_id: int = 1, *, model_id: int = 1, **fields: object) -> AccessPass:
    """The member's pass to predict with the model; `fields` override the row's."""
    with rows.projecting():
        return AccessPass.objects.create(
            pass_id=pass_id,
            **{
                "holder": rows.MEMBER,
                "subject_kind": SubjectKind.MODEL,
                "subject_id": model_id,
                "right": Right.PREDICT,
                "first_version": 1,
                "expires_at": 0,
                "uses_total": 0,
                "uses_left": 0,
                "payment_token": rows.DOLLAR,
                "price_units": rows.DOLLARS,
                "issued_block": rows.BLOCK,
                "issued_at": datetime.fromtimestamp(rows.NOW - 2000, UTC),
                "issued_tx": rows.digest(f"pass {pass_id}"),
                **fields,
            },
        )


def _digest(cid: Cid) -> str:
    return "0x" + cid.digest.hex()
