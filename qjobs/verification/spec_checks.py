"""Spec against chain: the digest voted for, the fields that the request repeats, the dataset versions."""

import json

from qjobs.algorithms.comparing import differing_fields
from qjobs.spec import JobSpec, QnnSpec, SpecRefused, differences, read_spec
from qjobs.spec.warm_start import WarmStart
from qjobs.verification.facts import RESULT_TASK, SETTLED, ChainFacts
from qjobs.verification.material import Material
from qjobs.verification.report import Checks
from storage.cid import Cid

UNCHECKED_PARENT = (
    "that it has seen no row of this job holds only if it verifies itself, which is not checked here"
)


def checked_spec(facts: ChainFacts, material: Material, checks: Checks) -> JobSpec | None:
    """The spec to rebuild from, the true one where it can be had; checks digest, approval and request."""
    if facts.approved_digest is None:
        checks.wrong("approval", facts.spec_digest, "never approved", "no vote, no run")
    else:
        checks.equal("approval", facts.spec_digest.lower(), facts.approved_digest.lower())
    got = material.block("spec.json", facts.spec_digest)
    if got is None:
        return None
    judged = _read("spec.json", got.under_test, checks)
    if judged is None or got.under_test == got.true:
        if judged is not None:
            _check_against_chain(judged, facts, checks)
        return judged
    true = _read("spec.json as approved", got.true, checks) if got.true is not None else None
    if true is not None:
        for finding in differing_fields(_document(true), _document(judged), lambda path: 0.0):
            checks.wrong(f"spec.json {finding.field}", finding.expected, finding.found)
    _check_against_chain(judged, facts, checks)
    return true or judged


def check_tasks(facts: ChainFacts, checks: Checks) -> None:
    """Names what is not computed where the chain gives a job several tasks; specs of this build have one."""
    for task in range(facts.request.tasks):
        if task != facts.task:
            checks.missing(f"task {task}", f"this checks task {facts.task} alone; ask with --task {task}")


def check_model_token(facts: ChainFacts, checks: Checks) -> None:
    """The token that settlement minted names this job, its result and its parents."""
    model = facts.model
    if model is None:
        if facts.state == SETTLED:
            checks.wrong("model token", f"a token for job {facts.job_id}", "none")
        return
    if facts.task != RESULT_TASK:
        return
    for name, expected, found in (
        ("job", facts.job_id, model.job_id),
        ("artefact digest", facts.artefact_digest, model.artefact_digest),
        ("metrics digest", facts.metrics_digest, model.metrics_digest),
        ("run record digest", facts.run_record_digest, model.run_record_digest),
        ("parents", list(facts.request.parent_models), list(model.parents)),
    ):
        checks.equal(f"model token {name}", str(expected).lower(), str(found).lower())


def _check_against_chain(spec: JobSpec, facts: ChainFacts, checks: Checks) -> None:
    found = differences(spec, facts.request)
    for difference in found:
        checks.wrong(f"request {difference.field}", difference.chain_value, difference.spec_value)
    if not found:
        checks.equal("request", "as the spec says", "as the spec says")
    checks.equal("spec chain_id", str(facts.chain_id), str(spec.chain_id))
    checks.equal("spec dataset_token", facts.dataset_token.lower(), spec.dataset_token)
    on_chain = {(each.token_id, each.version): each for each in facts.datasets}
    for dataset in spec.datasets:
        name = f"dataset:{dataset.token_id} version {dataset.version}"
        version = on_chain.get((dataset.token_id, dataset.version))
        if version is None:
            checks.missing(name, "the chain was not asked for this version")
            continue
        checks.equal(name, str(Cid.from_digest(version.content_digest, version.codec)), dataset.content_cid)
    if isinstance(spec, QnnSpec) and spec.warm_start is not None:
        note = UNCHECKED_PARENT if spec.is_compared_warm else ""
        _check_parent(spec.parent_models[0], spec.warm_start, facts, checks, note)


def _check_parent(token_id: int, start: WarmStart, facts: ChainFacts, checks: Checks, note: str) -> None:
    """What training begins with must be what the chain names for that model."""
    found = next((each for each in facts.parents if each.token_id == token_id), None)
    if found is None:
        checks.missing(f"model:{token_id}", "the chain was not asked for this model")
        return
    for what, digest, named in (
        ("spec", found.spec_digest, start.spec_cid),
        ("manifest", found.manifest_digest, start.manifest_cid),
    ):
        checks.equal(f"model:{token_id} {what}", str(Cid.from_digest(digest)), named, note)


def _read(name: str, block: bytes, checks: Checks) -> JobSpec | None:
    try:
        return read_spec(block)
    except SpecRefused as error:
        checks.wrong(name, "a job spec", "unreadable", str(error))
        return None


def _document(spec: JobSpec) -> object:
    return json.loads(json.dumps(spec.model_dump(mode="json")))
