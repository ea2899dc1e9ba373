"""Runs slither on our Solidity and compares what it finds with contracts/slither_accepted.json.

    .venv-slither/bin/python contracts/slither_check.py

Runs in an environment of its own (docs/adr/0011-slither-at-arms-length.md). Slither cannot read Vyper 0.4:
about what is written in Vyper (docs/contracts.md) its silence says nothing.
"""

import json
import logging
import sys
import tempfile
from pathlib import Path

from crytic_compile import CryticCompile
from crytic_compile.platform.solc_standard_json import SolcStandardJson
from slither import Slither
from slither.detectors import all_detectors
from slither.detectors.abstract_detector import AbstractDetector

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = Path(__file__).with_name("slither_accepted.json")
SOLC = ROOT / "contracts" / "solc" / "solc-v0.8.35"
REMAPPING = "@openzeppelin/contracts=node_modules/@openzeppelin/contracts"


def standard_input() -> dict:
    """All our Solidity, for solc's standard JSON."""
    files = sorted(ROOT.glob("contracts/src/**/*.sol"))
    return {
        "language": "Solidity",
        "sources": {file.relative_to(ROOT).as_posix(): {"content": file.read_text()} for file in files},
        "settings": {
            "remappings": [REMAPPING],
            "evmVersion": "cancun",
            "optimizer": {"enabled": True, "runs": 200},
            "outputSelection": {
                "*": {"*": ["abi", "metadata", "evm.bytecode", "evm.deployedBytecode"], "": ["ast"]}
            },
        },
    }


def findings() -> dict[str, str]:
    """What slither says about our own files: "<check>: <where>" -> its words."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(standard_input(), file)
        file.flush()
        platform = SolcStandardJson(file.name)
        analysed = Slither(CryticCompile(platform, solc=str(SOLC), solc_working_dir=str(ROOT)))
    detectors = [getattr(all_detectors, name) for name in dir(all_detectors)]
    for detector in detectors:
        if isinstance(detector, type) and issubclass(detector, AbstractDetector):
            analysed.register_detector(detector)
    found = {}
    for result in (result for results in analysed.run_detectors() for result in results):
        where = result["elements"][0] if result["elements"] else {}
        file = where.get("source_mapping", {}).get("filename_relative", "")
        if file.startswith("contracts/src/"):
            parent = where.get("type_specific_fields", {}).get("parent", {}).get("name", "")
            found[f"{result['check']}: {Path(file).name} {parent}.{where.get('name', '')}"] = result[
                "description"
            ]
    return found


def main() -> int:
    logging.getLogger("CryticCompile").setLevel(logging.ERROR)  # warnings about OpenZeppelin's own sources
    found = findings()
    accepted = json.loads(ACCEPTED.read_text())
    new = [key for key in found if key not in accepted]
    gone = [key for key in accepted if key not in found]
    for key in new:
        print(f"new finding: {key}\n{found[key]}")
    for key in gone:
        print(f"accepted, but no longer found: {key}")
    print(f"slither: {len(found)} findings in our Solidity, {len(found) - len(new)} accepted with a reason")
    return 1 if new or gone else 0


if __name__ == "__main__":
    sys.exit(main())
