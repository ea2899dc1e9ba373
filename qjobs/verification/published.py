"""A published model with its spec and rows, all of it public: what may be sent to somebody else's machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.errors import NotAllowed, PermanentError
from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.registry import algorithm_of
from qjobs.algorithms.result import file_names
from qjobs.algorithms.rows import TableBytes, TableFile
from qjobs.spec import JobSpec, ParentRefused
from qjobs.verification.facts import ChainFacts
from qjobs.verification.material import BlockSource, Material
from qjobs.verification.parent import ParentMissing, parent_of
from qjobs.verification.private import is_sealed
from qjobs.verification.record_checks import checked_files, checked_manifest
from qjobs.verification.report import Check, Checks
from qjobs.verification.spec_checks import checked_spec


class NotWhole(PermanentError):
    """A part of the model cannot be had, or is not what the chain names; the message says which."""

    code = "not_whole"


class NotPublic(NotAllowed):
    """Rows or a file are sealed: they stay where they are."""

    code = "not_public"


@dataclass(frozen=True)
class PublishedModel:
    """`data`: as the algorithm reads it from the rows; `files`: the posted ones by name."""

    spec: JobSpec
    data: Any
    files: Mapping[str, bytes]


def published_model(facts: ChainFacts, blocks: BlockSource) -> PublishedModel:
    """Every byte by its digest. Raises `NotWhole`, and `NotPublic` where anything is sealed, also to one who
    could open it."""
    checks = Checks(_ignore)
    material = Material(blocks, {}, checks)
    spec = checked_spec(facts, material, checks)
    entries = checked_manifest(facts, material, checks)
    if spec is None or _failed(checks):
        raise NotWhole(_failed(checks))
    for name, entry in sorted(entries.items()):
        if entry.is_sealed:
            raise NotPublic(f"{name} carries rows and is sealed: no machine of others may see them")
    _require_public(facts)
    tables = _public_rows(spec, material)
    posted = checked_files(entries, file_names(spec), material, checks)
    if _failed(checks):
        raise NotWhole(_failed(checks))
    try:
        data = algorithm_of(spec).read(spec, tables, parent_of(spec, material))
    except ParentMissing as error:
        raise NotWhole("the model that training began with cannot be had") from error
    except (ParentRefused, ModelRefused) as error:
        raise NotWhole(f"no training could begin with its parent: {error.message}") from error
    return PublishedModel(spec, data, {name: got.under_test for name, got in posted.items()})


def _require_public(facts: ChainFacts) -> None:
    """What is measured tells rows, as what a model carries does: their owner has to allow that to anybody."""
    for dataset in facts.datasets:
        if dataset.rows_in_model != "public":
            raise NotPublic(
                f"the owner of dataset {dataset.token_id} does not let others see rows (rows in a model: "
                f"{dataset.rows_in_model})"
            )


def _public_rows(spec: JobSpec, material: Material) -> Mapping[int, TableFile]:
    tables: dict[int, TableFile] = {}
    for dataset in spec.datasets:
        got = material.file(f"dataset:{dataset.token_id}", dataset.content_cid)
        if got is None:
            raise NotWhole(f"the rows of dataset {dataset.token_id} cannot be had")
        if is_sealed(got.under_test):
            raise NotPublic(
                f"the rows of dataset {dataset.token_id} are private: none may leave for a machine of others"
            )
        tables[dataset.token_id] = TableBytes(got.under_test)
    return tables


def _failed(checks: Checks) -> str:
    """What is wrong or missing; empty where nothing is."""
    report = checks.report()
    return "; ".join(str(check) for check in report.mismatches + report.missing)


def _ignore(check: Check) -> None:
    """What fails is raised, and nothing else is told."""
