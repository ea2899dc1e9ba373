"""Gas a step: what `make gas` measures (build/gas.json), against the committed table of docs/gas.md.

python contracts/gas.py            prints both side by side
python contracts/gas.py --refresh  writes what was measured into docs/gas.md
"""

import json
import re
import sys
from pathlib import Path

from toolchain import ROOT

MEASURED = ROOT / "build" / "gas.json"
TABLE = ROOT / "docs" / "gas.md"
TOLERANCE = 0.01
_ROW = re.compile(r"^\| (?P<step>[a-z][a-z0-9, ]+?) +\| +(?P<gas>[\d,]+) \|$", re.M)


def write_measured(gas: dict[str, int]) -> None:
    MEASURED.parent.mkdir(parents=True, exist_ok=True)
    MEASURED.write_text(json.dumps(gas, indent=1) + "\n")


def committed_table(file: Path = TABLE) -> dict[str, int]:
    """Step -> gas, from the rows of the first table in docs/gas.md."""
    return {row["step"]: int(row["gas"].replace(",", "")) for row in _ROW.finditer(file.read_text())}


def drifts(committed: dict[str, int], measured: dict[str, int]) -> list[str]:
    """A line for each step that moved by more than 1 %, is new or is gone."""
    lines = []
    for step in [*committed, *(step for step in measured if step not in committed)]:
        before, now = committed.get(step), measured.get(step)
        if before is None or now is None or abs(now - before) > before * TOLERANCE:
            lines.append(f"{step}: {before or 'not in the table'} became {now or 'not measured'}")
    return lines


def refresh(file: Path, measured: dict[str, int]) -> None:
    """Replaces the first table of the file."""
    width = max(map(len, measured))
    rows = "\n".join(f"| {step:<{width}} | {gas:>9,} |" for step, gas in measured.items())
    table = f"| {'step':<{width}} |       gas |\n|{'-' * (width + 2)}|----------:|\n{rows}\n"
    text, count = re.subn(r"(?:^\|.*\n)+", lambda _: table, file.read_text(), count=1, flags=re.M)
    if not count:
        raise ValueError(f"{file.name} has no table to refresh")
    file.write_text(text)


def main() -> int:
    measured = json.loads(MEASURED.read_text())
    if sys.argv[1:] == ["--refresh"]:
        refresh(TABLE, measured)
    committed = committed_table()
    for step, gas in measured.items():
        print(f"{step:<40} {gas:>9,} {committed.get(step, 0):>9,}")
    lines = drifts(committed, measured)
    for line in lines:
        print(f"drift over 1 %: {line}; `make gas` and then `contracts/gas.py --refresh` renew docs/gas.md")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
