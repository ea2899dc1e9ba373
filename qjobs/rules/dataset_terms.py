"""Whether a dataset's terms allow a job at all; the owner's consent and the members' vote come on top."""

from dataclasses import dataclass

# Algorithms whose models hold rows of the data, and what those are there.
CARRIES_ROWS = {"qsvm": "support vectors", "qaoa": "edges in the circuit"}


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
    if algorithm not in CARRIES_ROWS or terms.rows_in_model == "public":
        return None
    if terms.rows_in_model == "sealed":
        return f"its owner allows rows in a model only sealed, and {algorithm} models are not sealed yet."
    return f"its owner allows no rows in a model, and the {CARRIES_ROWS[algorithm]} of {algorithm} are rows."
