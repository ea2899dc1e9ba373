"""Compiles the contracts with Ape into build/abi/<Name>.json and build/bytecode/<Name>.json.

    python contracts/compile.py

An ABI file is the plain ABI list; a bytecode file is {"bytecode", "runtime"}. build/sources_digest names
the sources and tools that they come from; while these are unchanged, a call changes nothing and starts no
compiler.
"""

import fcntl
import hashlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toolchain import (
    ABI_FOLDER,
    APE_FOLDER,
    APE_MANIFEST,
    BYTECODE_FOLDER,
    CONTRACT_NAMES,
    DIGEST_FILE,
    ROOT,
    SOLC_FOLDER,
    SOURCES,
    ToolMissing,
    ape_environment,
)

PYTHON_TOOLS = ("vyper", "eth-ape", "ape-vyper", "ape-solidity")
NODE_TOOLS = ("solc", "@openzeppelin/contracts")
# Of the code as compiled; a Vyper contract grows by 32 bytes an immutable when it is deployed.
RUNTIME_LIMIT_BYTES = 24_576


class CompilationFailed(Exception):
    """Ape refused a source; the message is its own."""


def sources_digest() -> str:
    """sha2-256 (hex) of everything that the compiled output depends on: sources, settings, tool versions."""
    digest = hashlib.sha256()
    files = [
        *SOURCES.rglob("*.sol"),
        *SOURCES.rglob("*.vy"),
        *SOURCES.rglob("*.vyi"),
        ROOT / "ape-config.yaml",
    ]
    for path in sorted([*files, *SOLC_FOLDER.iterdir()]):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for tool in PYTHON_TOOLS:
        digest.update(f"{tool}=={importlib.metadata.version(tool)}\0".encode())
    for tool in NODE_TOOLS:
        digest.update(f"{tool}@{_node_version(tool)}\0".encode())
    return digest.hexdigest()


def compile_contracts() -> bool:
    """Brings `build/` up to date with the sources; False when it was already."""
    with _compile_lock():
        digest = sources_digest()
        if _is_built(digest):
            return False
        contract_types = _run_ape()
        # Ape's own cache; ours is the digest, and a half-filled one would only confuse a later run.
        shutil.rmtree(APE_MANIFEST.parent)
        for name in CONTRACT_NAMES:
            _write_artefacts(name, contract_types[name])
        _write(DIGEST_FILE, digest + "\n")
        return True


def _node_version(tool: str) -> str:
    package = ROOT / "node_modules" / tool / "package.json"
    if not package.is_file():
        raise ToolMissing(f"{tool} is not installed in node_modules; run `npm ci` in the repository root")
    return str(json.loads(package.read_text())["version"])


def _is_built(digest: str) -> bool:
    outputs = [folder / f"{name}.json" for folder in (ABI_FOLDER, BYTECODE_FOLDER) for name in CONTRACT_NAMES]
    if not all(path.is_file() for path in [*outputs, DIGEST_FILE]):
        return False
    return DIGEST_FILE.read_text().strip() == digest


def _run_ape() -> dict[str, dict]:
    """Ape's contract types by name, all compiled anew."""
    completed = subprocess.run(
        [Path(sys.executable).with_name("ape"), "compile", "--force"],
        cwd=ROOT,
        env={**os.environ, **ape_environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if completed.returncode != 0 or not APE_MANIFEST.is_file():
        raise CompilationFailed(completed.stdout + completed.stderr)
    contract_types = json.loads(APE_MANIFEST.read_text())["contractTypes"]
    missing = [name for name in CONTRACT_NAMES if name not in contract_types]
    if missing:
        raise CompilationFailed(f"no output for {', '.join(missing)}\n{completed.stdout}{completed.stderr}")
    return contract_types


def _write_artefacts(name: str, contract_type: dict) -> None:
    bytecode = contract_type["deploymentBytecode"]["bytecode"]
    runtime = contract_type["runtimeBytecode"]["bytecode"]
    size_bytes = len(runtime) // 2 - 1
    if size_bytes > RUNTIME_LIMIT_BYTES:
        raise CompilationFailed(f"{name} has {size_bytes} bytes; a chain takes at most {RUNTIME_LIMIT_BYTES}")
    _write(ABI_FOLDER / f"{name}.json", json.dumps(contract_type["abi"], indent=1) + "\n")
    _write(BYTECODE_FOLDER / f"{name}.json", json.dumps({"bytecode": bytecode, "runtime": runtime}) + "\n")


def _write(path: Path, text: str) -> None:
    """Replaces a file at once, so that a reader never sees half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_text(text)
    new.replace(path)


@contextmanager
def _compile_lock() -> Iterator[None]:
    """One compilation at a time; the second finds the first one's output."""
    APE_FOLDER.mkdir(parents=True, exist_ok=True)
    with (APE_FOLDER / "compile.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    started = time.monotonic()
    try:
        compiled = compile_contracts()
    except (CompilationFailed, ToolMissing) as error:
        print(f"contracts do not compile: {error}", file=sys.stderr)
        return 1
    if compiled:
        print(f"compiled {len(CONTRACT_NAMES)} contracts in {time.monotonic() - started:.1f} s")
    else:
        print("contracts are compiled already")
    return 0


if __name__ == "__main__":
    sys.exit(main())
