"""Which version of a dataset a model was made from, and from which not: no data and no training is needed."""

from collections.abc import Callable, Sequence

from qjobs.spec import JobSpec, QnnSpec
from qjobs.verification.facts import ChainFacts, DatasetVersionFacts
from qjobs.verification.material import BlockSource, Material
from qjobs.verification.record_checks import check_run_record, checked_manifest
from qjobs.verification.report import Check, Checks, Report
from qjobs.verification.spec_checks import check_model_token, checked_spec
from storage.cid import Cid


def verify_use(
    facts: ChainFacts,
    blocks: BlockSource,
    used: DatasetVersionFacts,
    others: Sequence[DatasetVersionFacts],
    on_check: Callable[[Check], None],
) -> Report:
    """MATCH where the model used this version and none of the `others` of the same dataset.

    The chain ties the token to its result and the request to the version; the approved spec and the signed
    run record, both fetched by their digests, name the same bytes. Versions of equal bytes cannot be told
    apart, and a model that training began with may have used another version: both is said.
    """
    checks = Checks(on_check)
    if facts.model is None:
        checks.missing("model token", f"job {facts.job_id} gave no model yet")
        return checks.report()
    material = Material(blocks, {}, checks)
    check_model_token(facts, checks)
    spec = checked_spec(facts, material, checks)
    check_run_record(facts, spec, checked_manifest(facts, material, checks), material, checks)
    _check_requested(facts, used, checks)
    _check_parent(spec, used, checks)
    for other in others:
        _check_other(used, other, checks)
    return checks.report()


def _check_requested(facts: ChainFacts, used: DatasetVersionFacts, checks: Checks) -> None:
    asked = dict(zip(facts.request.dataset_ids, facts.request.versions, strict=True))
    found = f"version {asked[used.token_id]}" if used.token_id in asked else "not used"
    checks.equal(f"dataset {used.token_id}", f"version {used.version}", found, str(_cid(used)))


def _check_parent(spec: JobSpec | None, used: DatasetVersionFacts, checks: Checks) -> None:
    if not isinstance(spec, QnnSpec) or spec.warm_start is None:
        return
    if used.token_id in spec.warm_start.seen_datasets:
        parent = spec.parent_models[0]
        checks.missing(
            f"model:{parent}",
            f"training began with it, and it has seen dataset {used.token_id}: of which version, ask of it",
        )


def _check_other(used: DatasetVersionFacts, other: DatasetVersionFacts, checks: Checks) -> None:
    name = f"not version {other.version}"
    if _cid(other) == _cid(used):
        checks.missing(name, f"it has the same bytes as version {used.version}")
    else:
        checks.equal(name, "other bytes", "other bytes", str(_cid(other)))


def _cid(version: DatasetVersionFacts) -> Cid:
    return Cid.from_digest(version.content_digest, version.codec)
