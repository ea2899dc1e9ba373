"""Compares the compiled contracts with contracts/lock.json, or rewrites that file.

    python contracts/lock.py            says what differs; exit code 1 if anything does
    python contracts/lock.py --write    takes the compiled contracts as the new lock

The lock holds, for each contract, the selector of every function and error, the topic of every event, and the
keccak-256 of creation and runtime code. A difference means that whoever reads the contracts must look too.
"""

import argparse
import json
import sys
from typing import Any

from eth_utils import keccak
from eth_utils.abi import abi_to_signature
from toolchain import ABI_FOLDER, BYTECODE_FOLDER, CONTRACT_NAMES, ROOT, ToolMissing

LOCK_FILE = ROOT / "contracts" / "lock.json"
SELECTOR_BYTES = 4


def compiled_lock() -> dict[str, Any]:
    """The lock of what is in `build/`.

    Raises ToolMissing before contracts/compile.py has run.
    """
    return {name: _contract_lock(name) for name in sorted(CONTRACT_NAMES)}


def committed_lock() -> dict[str, Any]:
    """The lock that the repository holds; empty where there is none."""
    return json.loads(LOCK_FILE.read_text()) if LOCK_FILE.is_file() else {}


def differences(committed: dict[str, Any], compiled: dict[str, Any]) -> list[str]:
    """One line a difference, as "JobBoard.functions claim(uint256,uint256): 0x... became 0x...."."""
    lines = []
    for name in sorted({*committed, *compiled}):
        before, after = _flat(committed.get(name, {})), _flat(compiled.get(name, {}))
        for entry in sorted({*before, *after}):
            was, became = before.get(entry, "nothing"), after.get(entry, "nothing")
            if was != became:
                lines.append(f"{name}.{entry}: {was} became {became}")
    return lines


def _contract_lock(name: str) -> dict[str, Any]:
    abi_file, bytecode_file = ABI_FOLDER / f"{name}.json", BYTECODE_FOLDER / f"{name}.json"
    if not abi_file.is_file() or not bytecode_file.is_file():
        raise ToolMissing(f"{name} is not compiled; run `python contracts/compile.py`")
    abi = json.loads(abi_file.read_text())
    code = json.loads(bytecode_file.read_text())
    return {
        "functions": _hashes(abi, "function", SELECTOR_BYTES),
        "errors": _hashes(abi, "error", SELECTOR_BYTES),
        "events": _hashes(abi, "event", 32),
        "creation_code": _hexadecimal(keccak(hexstr=code["bytecode"])),
        "runtime_code": _hexadecimal(keccak(hexstr=code["runtime"])),
    }


def _hashes(abi: list[dict[str, Any]], kind: str, size_bytes: int) -> dict[str, str]:
    signatures = sorted(abi_to_signature(entry) for entry in abi if entry["type"] == kind)
    return {signature: _hexadecimal(keccak(text=signature)[:size_bytes]) for signature in signatures}


def _hexadecimal(value: bytes) -> str:
    return "0x" + value.hex()


def _flat(contract: dict[str, Any]) -> dict[str, str]:
    flat = {}
    for kind, entry in contract.items():
        if isinstance(entry, str):
            flat[kind] = entry
        else:
            flat.update({f"{kind} {signature}": value for signature, value in entry.items()})
    return flat


def main() -> int:
    parser = argparse.ArgumentParser(description="Compares the compiled contracts with contracts/lock.json.")
    parser.add_argument("--write", action="store_true", help="take the compiled contracts as the new lock")
    arguments = parser.parse_args()
    try:
        compiled = compiled_lock()
    except ToolMissing as error:
        print(error, file=sys.stderr)
        return 2
    lines = differences(committed_lock(), compiled)
    print("\n".join(lines) if lines else "the compiled contracts are those of the lock")
    if arguments.write:
        LOCK_FILE.write_text(json.dumps(compiled, indent=1) + "\n")
        return 0
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
