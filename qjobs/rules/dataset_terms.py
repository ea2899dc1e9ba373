"""Whether a dataset's terms allow a job at all; the owner's consent and the members' vote come on top."""

from collections.abc import Iterable
from dataclasses import dataclass

from qjobs.spec import JobSpec, ReductionSpec, TableSpec

# Algorithms whose models hold rows of the data, and what those are there.
CARRIES_ROWS = {"qsvm": "support vectors", "qaoa": "edges in the circuit"}

# Of those, the files that hold all of the rows, so that sealing them keeps every row from the public. The
# edges of qaoa stand in its circuit and the nodes of its answer in its metrics; both are public with every
# result, so sealing a file of it would hide nothing.
ROW_FILES: dict[str, tuple[str, ...]] = {"qsvm": ("model.safetensors",)}


@dataclass(frozen=True)
class Terms:
    """A dataset's terms for jobs. `rows_in_model`: never, sealed or public. No algorithms: any."""

    is_retired: bool
    allow_compute: bool
    algorithms: tuple[str, ...]
    rows_in_model: str


def terms_problem(terms: Terms, algorithm: str) -> str | None:
    """Why no job of this algorithm may read the dataset, in words; None where it may."""
    if terms.is_retired:
        return "its owner retired it."
    if not terms.allow_compute:
        return "its owner does not allow computing on it."
    if terms.algorithms and algorithm not in terms.algorithms:
        return f"its owner allows only {', '.join(sorted(terms.algorithms))}, not {algorithm}."
    return rows_problem(terms.rows_in_model, algorithm)


def rows_problem(rows_in_model: str, algorithm: str) -> str | None:
    """Why a model of this algorithm may not carry the rows, in words; None where it may or carries none."""
    if algorithm not in CARRIES_ROWS or rows_in_model == "public":
        return None
    if rows_in_model != "sealed":
        return (
            f"its owner allows no rows in a model, and the {CARRIES_ROWS[algorithm]} of {algorithm} are rows."
        )
    if algorithm in ROW_FILES:
        return None
    told = f"tells rows ({CARRIES_ROWS[algorithm]}) in files that are always public"
    return f"its owner allows rows in a model only sealed, and {algorithm} {told}."


def tells_measured_rows(spec: JobSpec) -> bool:
    """Whether it posts counts of circuits into which single rows are written."""
    return spec.is_statistical and isinstance(spec, TableSpec | ReductionSpec)


def measured_rows_problem(rows_in_model: str, spec: JobSpec) -> str | None:
    """Why such counts, which are never sealed, may not be posted, in words; None where they may or are
    none."""
    if rows_in_model == "public" or not tells_measured_rows(spec):
        return None
    return (
        "its owner allows no rows in public files, and counts that are measured of single rows tell these; "
        "ask for no noise evaluation, and for exact kernels."
    )


def sealed_files(rows_in_model: Iterable[str], algorithm: str) -> tuple[str, ...]:
    """The files of a model that are sealed, by what the owners of all its datasets allow."""
    return ROW_FILES.get(algorithm, ()) if "sealed" in set(rows_in_model) else ()
