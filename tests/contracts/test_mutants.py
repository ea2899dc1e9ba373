"""The list of mutants fits the sources and the tests; contracts/mutants.py runs them (`make deep`)."""

import re
from pathlib import Path

from mutants import contracts_with, listed_mutants
from toolchain import ROOT, SOURCES

TABLE = ROOT / "docs" / "proofs.md"


def test_every_mutant_changes_one_line_that_is_in_its_source_once():
    for mutant in listed_mutants():
        text = (SOURCES / mutant.source).read_text()

        changed = mutant.mutated(text)

        pairs = list(zip(text.splitlines(), changed.splitlines(), strict=True))
        assert sum(before != after for before, after in pairs) == 1, mutant.change
        assert contracts_with(mutant.source), mutant.source


def test_every_mutant_names_a_test_that_exists():
    tests = "".join(file.read_text() for file in Path(__file__).parent.rglob("test_*.py"))

    for mutant in listed_mutants():
        assert re.search(rf"^def {mutant.caught_by}\(", tests, re.M), mutant.caught_by


def test_there_are_twenty_mutants_and_the_documents_list_each_with_its_test():
    documents = TABLE.read_text()

    assert len({mutant.change for mutant in listed_mutants()}) >= 20
    for mutant in listed_mutants():
        assert f"| {mutant.change} | `{mutant.source}` | `{mutant.caught_by}` |" in documents
