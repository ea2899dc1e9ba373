"""Every refusal written in our own Solidity and Vyper, and those of them that no test provoked.

    python contracts/refusal_sites.py

prints the share that the last whole run of the contract tests provoked (build/refusals.json, which that run
writes). A refusal is a place in a source; its words are a Vyper reason or the name of a Solidity error.
"""

import io
import json
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toolchain import CONTRACT_NAMES, ROOT, SOURCES

RECORD = ROOT / "build" / "refusals.json"
_SOLIDITY_REFUSAL = re.compile(r"\b(?:revert\s+(?P<words>\w+)|require|assert|revert)\s*\(")
_VYPER_IMPORT = re.compile(r"^from (?P<package>lib|\.|\.\.) import (?P<module>\w+)", re.M)
_SOLIDITY_IMPORT = re.compile(r'^import\s*\{[^}]*\}\s*from\s*"(?P<path>\./[^"]+)"', re.M)
_SOLIDITY_BASES = re.compile(r"\bcontract\s+\w+\s+is\s+(?P<bases>[^{]+)\{")


class WordlessRefusal(Exception):
    """A source refuses without saying why: it must have a reason or a typed error."""


@dataclass(frozen=True)
class Refusal:
    """One place that refuses: source (from contracts/src), line, and its words."""

    source: str
    line: int
    words: str


def written_refusals() -> list[Refusal]:
    """Every refusal of our sources, each place once, in their order."""
    files = [*SOURCES.rglob("*.vy"), *SOURCES.rglob("*.sol")]
    return [refusal for file in sorted(files) for refusal in _refusals_in(file)]


@cache
def refusals_of(contract: str) -> tuple[Refusal, ...]:
    """The refusals in a deployed contract's code: its own and those of the modules or bases it is made of."""
    file = next(file for file in SOURCES.glob(f"{contract}.*"))
    return tuple(refusal for source in sorted(made_of(file)) for refusal in _refusals_in(source))


def missing_refusals(provoked: dict[str, dict[str, int]]) -> list[Refusal]:
    """The refusals that no test provoked.

    provoked: contract -> words -> how many places of its code were seen to refuse with these words. Where a
    contract writes the same words twice, it takes two places.
    """
    proven: set[Refusal] = set()
    for contract in CONTRACT_NAMES:
        written = Counter(refusal.words for refusal in refusals_of(contract))
        seen = provoked.get(contract, {})
        proven |= {site for site in refusals_of(contract) if seen.get(site.words, 0) >= written[site.words]}
    return [refusal for refusal in written_refusals() if refusal not in proven]


def _refusals_in(file: Path) -> Iterator[Refusal]:
    source = file.relative_to(SOURCES).as_posix()
    places = _vyper_places(file.read_text()) if file.suffix == ".vy" else _solidity_places(file.read_text())
    for line, words in places:
        if not words:
            raise WordlessRefusal(f"{source}:{line}")
        yield Refusal(source, line, words)


def _vyper_places(text: str) -> Iterator[tuple[int, str]]:
    """Line and reason of each assert and raise; Vyper's tokens are Python's."""
    statement: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.NL):
            statement.append(token)
        if token.type != tokenize.NEWLINE:
            continue
        if statement and statement[0].string in ("assert", "raise"):
            last = statement[-1]
            yield statement[0].start[0], last.string.strip('"') if last.type == tokenize.STRING else ""
        statement = []


def _solidity_places(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        for match in _SOLIDITY_REFUSAL.finditer(line.partition("//")[0]):
            yield number, match["words"] or ""


def made_of(file: Path) -> set[Path]:
    """The file and, again and again, the Vyper modules or Solidity bases and libraries that it takes in."""
    found, open_files = {file}, [file]
    while open_files:
        for taken in _taken_in(open_files.pop()):
            if taken not in found:
                found.add(taken)
                open_files.append(taken)
    return found


def _taken_in(file: Path) -> Iterator[Path]:
    text = file.read_text()
    if file.suffix == ".vy":
        for match in _VYPER_IMPORT.finditer(text):
            folder = SOURCES / "lib" if match["package"] in ("lib", ".") else SOURCES
            yield folder / f"{match['module']}.vy"
        return
    bases = " ".join(match["bases"] for match in _SOLIDITY_BASES.finditer(text))
    for match in _SOLIDITY_IMPORT.finditer(text):
        path = (file.parent / match["path"]).resolve()
        if path.parent.name == "lib" or path.stem in re.findall(r"\w+", bases):
            yield path


def main() -> int:
    written = written_refusals()
    if not RECORD.is_file():
        print(f"{len(written)} refusals are written; run the contract tests to see which are provoked")
        return 1
    missing = missing_refusals(json.loads(RECORD.read_text()))
    for refusal in missing:
        print(f"no test provokes contracts/src/{refusal.source}:{refusal.line} {refusal.words}")
    tested = len(written) - len(missing)
    print(f"refusals tested / written = {tested} / {len(written)} = {tested / len(written):.3f}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
