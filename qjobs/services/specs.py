"""Pins job specs: checked against the chain's rows, completed from them, and kept under their digest."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from chain.deployments import current
from common.errors import InvalidInput, NotFound
from common.wake import wake
from marketplace.models import Dataset, RowsInModel
from marketplace.selectors.datasets import VersionCard, find_dataset, find_version
from marketplace.store import content_store
from qjobs.models import Job, SpecDocument
from qjobs.rules.dataset_terms import (
    CARRIES_ROWS,
    Terms,
    measured_rows_problem,
    sealed_files,
    terms_problem,
)
from qjobs.services.parents import check_parent, with_start
from qjobs.spec import (
    Estimate,
    JobSpec,
    Problem,
    ReductionSpec,
    SpecRefused,
    TableSpec,
    build_spec,
    canonical_bytes,
    estimate,
    spec_digest,
)
from qjobs.spec.parts import Preprocessing

ROWS_UNKNOWN = "The profile of a dataset is not read yet, so the estimate does not know the number of rows."
NOT_NEWEST = "Version {version} of dataset {token_id} is not the newest; version {newest} is."
SEALED = (
    "The model carries {what}: rows of the data, at most {rows}. They will be sealed: only who holds the "
    "model token can open them, and in a dispute the verifiers. All else of the result is public."
)
DUPLICATE = "Job {job_id} was requested with exactly this spec before."


def pin_spec(*, author: str, fields: Mapping[str, Any]) -> SpecDocument:
    """Keeps the spec's canonical bytes and gives its document; the same spec twice is one document.

    chain_id, dataset_token, content CIDs and what a parent model is made of may be left out; they are filled
    in from the chain's rows, as is the form of the pre-processing.
    Raises SpecRefused with every complaint, or InvalidInput where the data or its terms forbid the job.
    """
    spec = _in_newest_form(build_spec(_completed(fields)))
    _check_place(spec)
    cards = [_checked_version(spec, position) for position in range(len(spec.datasets))]
    check_parent(spec)
    rows = _rows_of(cards)
    expected = estimate(spec, rows or 0)
    if expected.refusals:
        raise SpecRefused(tuple(Problem("limits", refusal) for refusal in expected.refusals))
    cid = content_store().add_block(canonical_bytes(spec))
    document, is_new = SpecDocument.objects.get_or_create(
        digest=spec_digest(spec),
        defaults={
            "cid": str(cid),
            "author": author,
            "title": spec.title,
            "spec": spec.model_dump(mode="json"),
            "estimate": asdict(expected),
        },
    )
    SpecDocument.objects.filter(pk=document.pk).update(
        estimate=asdict(expected), warnings=[*_warnings(spec, rows), *_sealing(spec, expected)]
    )
    document.refresh_from_db()
    if is_new:
        wake("qjobs.preview", digest=document.digest)
    return document


def _check_place(spec: JobSpec) -> None:
    deployment = current()
    if int(spec.chain_id) != deployment.chain_id:
        raise InvalidInput(
            f"The spec is for chain {spec.chain_id}; this site is on chain {deployment.chain_id}.",
            field="chain_id",
        )
    if spec.dataset_token.lower() != deployment.address_of("DatasetToken").lower():
        raise InvalidInput("The spec names datasets of another contract.", field="dataset_token")


def _completed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with what the chain knows better than the person; what is given is kept and checked."""
    deployment = current()
    completed = {
        "chain_id": str(deployment.chain_id),
        "dataset_token": deployment.address_of("DatasetToken"),
        **fields,
    }
    datasets = completed.get("datasets")
    if isinstance(datasets, list):
        completed["datasets"] = [_with_content(one) if isinstance(one, dict) else one for one in datasets]
    return with_start(completed)


def _in_newest_form(spec: JobSpec) -> JobSpec:
    """The spec with the form of its pre-processing named, so that members vote for it and no executor chooses
    among forms."""
    if not isinstance(spec, TableSpec | ReductionSpec):
        return spec
    named = spec.preprocessing.model_copy(update={"schema_version": Preprocessing.form})
    return spec.model_copy(update={"preprocessing": named})


def _with_content(dataset: dict[str, Any]) -> dict[str, Any]:
    """The dataset's entry with the CID and the format of its version, where they were left out."""
    token_id, version = dataset.get("token_id"), dataset.get("version")
    if not str(token_id).isdigit() or not isinstance(version, int):
        return dataset
    try:
        card = find_version(int(str(token_id)), version)
    except NotFound:
        return dataset
    return {"content_cid": str(card.content_cid), "format": _format_of(card) or "csv", **dataset}


def _format_of(card: VersionCard) -> str | None:
    """What the profile says; None where it is not read yet."""
    found: str | None = (card.metadata.profile or {}).get("format")
    return found


def _checked_version(spec: JobSpec, position: int) -> VersionCard:
    wanted = spec.datasets[position]
    field = f"datasets.{position}"
    try:
        dataset, card = find_dataset(wanted.token_id), find_version(wanted.token_id, wanted.version)
    except NotFound as error:
        raise InvalidInput(
            f"There is no version {wanted.version} of dataset {wanted.token_id}.", field=field
        ) from error
    if str(card.content_cid) != wanted.content_cid:
        raise InvalidInput(
            f"Version {wanted.version} of dataset {wanted.token_id} is {card.content_cid} on chain, "
            f"not {wanted.content_cid}.",
            field=f"{field}.content_cid",
        )
    if wanted.format != (_format_of(card) or wanted.format):
        raise InvalidInput(
            f"Dataset {wanted.token_id} is {_format_of(card)}, not {wanted.format}.", field=f"{field}.format"
        )
    terms = terms_of(dataset)
    problem = terms_problem(terms, spec.algorithm.name) or measured_rows_problem(terms.rows_in_model, spec)
    if problem is not None:
        raise InvalidInput(f"Dataset {wanted.token_id}: {problem}", field=field)
    _check_columns(card, spec, position)
    return card


def terms_of(dataset: Dataset) -> Terms:
    """What the owner allows jobs to do with the dataset."""
    return Terms(
        is_retired=dataset.is_retired,
        allow_compute=dataset.allow_compute,
        algorithms=tuple(dataset.algorithms),
        rows_in_model=RowsInModel(dataset.rows_in_model).label,
    )


def _check_columns(card: VersionCard, spec: JobSpec, position: int) -> None:
    known = {column["name"] for column in card.metadata.columns}
    wanted = [
        *spec.datasets[position].columns.names,
        *(spec.group_columns if isinstance(spec, TableSpec | ReductionSpec) else ()),
    ]
    missing = [name for name in wanted if name not in known]
    if known and missing:
        raise InvalidInput(
            f"Dataset {card.version.dataset_id} has no column {missing[0]!r}.",
            field=f"datasets.{position}.columns",
        )


def _rows_of(cards: list[VersionCard]) -> int | None:
    """The rows of all datasets together, or None where a profile is not read yet."""
    total = 0
    for card in cards:
        rows = (card.metadata.profile or {}).get("rows")
        if not isinstance(rows, int):
            return None
        total += rows
    return total


def _sealing(spec: JobSpec, expected: Estimate) -> list[str]:
    """What is sealed of the model, since an owner asks for it; nothing where nothing is."""
    allowed = [terms_of(find_dataset(one.token_id)).rows_in_model for one in spec.datasets]
    if not sealed_files(allowed, spec.algorithm.name):
        return []
    return [SEALED.format(what=CARRIES_ROWS[spec.algorithm.name], rows=f"{expected.rows_carried_max:,}")]


def _warnings(spec: JobSpec, rows: int | None) -> list[str]:
    warnings = [] if rows is not None else [ROWS_UNKNOWN]
    for wanted in spec.datasets:
        newest = find_dataset(wanted.token_id).version_count
        if newest > wanted.version:
            warnings.append(
                NOT_NEWEST.format(version=wanted.version, token_id=wanted.token_id, newest=newest)
            )
    duplicates = Job.objects.filter(spec_digest=spec_digest(spec)).order_by("job_id")[:5]
    warnings += [DUPLICATE.format(job_id=job.job_id) for job in duplicates]
    return warnings
