"""docs/contracts.md names every call that changes something, and no other."""

import json
import re
from collections import defaultdict

from toolchain import ABI_FOLDER, CONTRACT_NAMES, ROOT

_ROW = re.compile(r"^\| (?P<contracts>[A-Z][A-Za-z, ]+) \| (?P<calls>`[^|]+`) \| (?P<who>[^|]+) \|$", re.M)
READS = {"view", "pure"}


def written_calls() -> dict[str, list[str]]:
    """Contract -> the calls of its rows."""
    calls = defaultdict(list)
    for row in _ROW.finditer((ROOT / "docs" / "contracts.md").read_text()):
        for contract in row["contracts"].split(", "):
            calls[contract] += re.findall(r"`(\w+)`", row["calls"])
    return {contract: sorted(names) for contract, names in calls.items()}


def compiled_calls(contract: str) -> list[str]:
    entries = json.loads((ABI_FOLDER / f"{contract}.json").read_text())
    names = {
        entry["name"]
        for entry in entries
        if entry["type"] == "function" and entry["stateMutability"] not in READS
    }
    return sorted(names)


def test_every_call_that_changes_something_stands_once_in_the_table_of_who_may_make_it():
    assert written_calls() == {contract: compiled_calls(contract) for contract in CONTRACT_NAMES}
