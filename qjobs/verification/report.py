"""The answer of a verification: one check a field, and a verdict over all."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from qjobs.algorithms.result import Finding

Verdict = Literal["MATCH", "MISMATCH", "CANNOT_CHECK"]
MOST_CHECKS, MOST_LETTERS = 60, 200


@dataclass(frozen=True)
class Check:
    """expected: what chain or rebuilding says; found: what the posted bytes say."""

    field: str
    verdict: Verdict
    expected: str
    found: str
    note: str = ""

    def __str__(self) -> str:
        note = f" ({self.note})" if self.note else ""
        if self.verdict == "MATCH":
            return f"MATCH {self.field}: {self.found}{note}"
        if self.verdict == "CANNOT_CHECK":
            return f"CANNOT CHECK {self.field}{note}"
        return f"MISMATCH {self.field}{note}: says {self.found}, expected {self.expected}"


@dataclass(frozen=True)
class Report:
    """MISMATCH if any check is one, else CANNOT_CHECK if anything is missing, else MATCH.

    `withheld`: what the executor posted and no source gave, where everything else that a check needs was had.
    """

    checks: tuple[Check, ...]
    withheld: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        if self.mismatches:
            return "MISMATCH"
        return "CANNOT_CHECK" if self.missing else "MATCH"

    @property
    def mismatches(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.verdict == "MISMATCH")

    @property
    def missing(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.verdict == "CANNOT_CHECK")

    def in_brief(self) -> dict[str, Any]:
        """As `as_json`, the worst checks first and cut: under 1 MiB as JSON, whatever was posted."""
        worst = sorted(self.checks, key=lambda check: check.verdict == "MATCH")[:MOST_CHECKS]
        checks = [{name: text[:MOST_LETTERS] for name, text in asdict(check).items()} for check in worst]
        return {"verdict": self.verdict, "withheld": list(self.withheld), "checks": checks}

    def as_json(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict,
            "withheld": list(self.withheld),
            "checks": [asdict(check) for check in self.checks],
        }


class Checks:
    """Collects checks and tells a watcher of each as it is made."""

    def __init__(self, on_check: Callable[[Check], None]) -> None:
        self._on_check = on_check
        self._checks: list[Check] = []

    def add(self, check: Check) -> None:
        self._checks.append(check)
        self._on_check(check)

    def equal(self, field: str, expected: str, found: str, note: str = "") -> bool:
        """Adds MATCH or MISMATCH; says which."""
        matches = expected == found
        self.add(Check(field, "MATCH" if matches else "MISMATCH", expected, found, note))
        return matches

    def wrong(self, field: str, expected: str, found: str, note: str = "") -> None:
        self.add(Check(field, "MISMATCH", expected, found, note))

    def missing(self, field: str, note: str) -> None:
        self.add(Check(field, "CANNOT_CHECK", "", "", note))

    def finding(self, finding: Finding) -> None:
        verdicts: dict[bool | None, Verdict] = {True: "MATCH", False: "MISMATCH", None: "CANNOT_CHECK"}
        self.add(
            Check(finding.field, verdicts[finding.agrees], finding.expected, finding.found, finding.note)
        )

    def report(self, withheld: Iterable[str] = ()) -> Report:
        return Report(tuple(self._checks), tuple(withheld))
