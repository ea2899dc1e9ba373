"""Breaks the contracts one line at a time and expects a named test to notice (tests/contracts/mutants.json).

    .venv-contracts/bin/python contracts/mutants.py [words of a change ...]

Each mutant runs in a copy of what the contract tests need, so that the checkout's own build stays as it is.
Writes build/mutants.json; ends with 1 when a mutant survives.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from compile import CompilationFailed, compile_contracts, sources_digest
from refusal_sites import made_of
from toolchain import CONTRACT_NAMES, ROOT, SOLC_FOLDER, SOURCES

LIST = ROOT / "tests" / "contracts" / "mutants.json"
REPORT = ROOT / "build" / "mutants.json"
COPIED = ("contracts", "tests/contracts", "tests/vectors", "build/abi", "build/bytecode")
RUN_SECONDS = 600


@dataclass(frozen=True)
class Mutant:
    """One changed line of one source, and the test that must fail for it."""

    change: str
    source: str
    before: str
    after: str
    caught_by: str

    def mutated(self, text: str) -> str:
        """The source's text with the change; the line must be there once."""
        if text.count(self.before) != 1:
            raise CompilationFailed(
                f"{self.source} has the line of '{self.change}' {text.count(self.before)} times"
            )
        return text.replace(self.before, self.after)


def listed_mutants() -> list[Mutant]:
    return [Mutant(**entry) for entry in json.loads(LIST.read_text())]


def contracts_with(source: str) -> list[str]:
    """The deployed contracts whose code a source is part of."""
    files = {name: next(SOURCES.glob(f"{name}.*")) for name in CONTRACT_NAMES}
    return [name for name, file in files.items() if SOURCES / source in made_of(file)]


def is_caught(mutant: Mutant) -> bool:
    """Whether the named test fails, by an assertion of its own, on the mutated contracts."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        _copy_checkout(copy)
        file = copy / "contracts" / "src" / mutant.source
        file.write_text(mutant.mutated(file.read_text()))
        for name in contracts_with(mutant.source):
            _compile(copy, name)
        (copy / "build" / "sources_digest").write_text(_digest_of(copy) + "\n")
        return _fails(copy, mutant.caught_by)


def passes_unchanged(mutants: list[Mutant]) -> bool:
    """The control: without a change, none of the named tests fails in such a copy."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        _copy_checkout(copy)
        (copy / "build" / "sources_digest").write_text(_digest_of(copy) + "\n")
        return not _fails(copy, " or ".join(sorted({mutant.caught_by for mutant in mutants})))


def _copy_checkout(copy: Path) -> None:
    for name in COPIED:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name in ("node_modules", "ape-config.yaml"):
        (copy / name).symlink_to(ROOT / name)


def _digest_of(copy: Path) -> str:
    words = [sys.executable, "-c", "from compile import sources_digest; print(sources_digest())"]
    return subprocess.run(
        words, cwd=copy / "contracts", capture_output=True, text=True, check=True
    ).stdout.strip()


def _compile(copy: Path, name: str) -> None:
    """Replaces one contract's artefacts; the compilers and their settings are those of compile.py."""
    file = next((copy / "contracts" / "src").glob(f"{name}.*"))
    abi, bytecode, runtime = _vyper(copy, file) if file.suffix == ".vy" else _solidity(copy, file)
    (copy / "build" / "abi" / f"{name}.json").write_text(json.dumps(abi))
    codes = {"bytecode": bytecode, "runtime": runtime}
    (copy / "build" / "bytecode" / f"{name}.json").write_text(json.dumps(codes))


def _vyper(copy: Path, file: Path) -> tuple[Any, str, str]:
    vyper = Path(sys.executable).with_name("vyper")
    words = [vyper, "-f", "abi,bytecode,bytecode_runtime", "--evm-version", "cancun", "-p", file.parent, file]
    lines = _run(words, copy).strip().splitlines()
    return json.loads(lines[0]), lines[1], lines[2]


def _solidity(copy: Path, file: Path) -> tuple[Any, str, str]:
    question = {
        "language": "Solidity",
        "sources": {
            source.relative_to(copy).as_posix(): {"content": source.read_text()}
            for source in _solidity_of(file)
        },
        "settings": {
            "remappings": ["@openzeppelin/contracts=node_modules/@openzeppelin/contracts"],
            "evmVersion": "cancun",
            "optimizer": {"enabled": True, "runs": 200},
            "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]}},
        },
    }
    asked = copy / "solc-input.json"
    asked.write_text(json.dumps(question))
    answer = json.loads(
        _run([SOLC_FOLDER / "solc-v0.8.35", "--standard-json", asked, "--base-path", copy], copy)
    )
    found = answer["contracts"][file.relative_to(copy).as_posix()][file.stem]
    return found["abi"], *(f"0x{found['evm'][kind]['object']}" for kind in ("bytecode", "deployedBytecode"))


def _solidity_of(file: Path) -> list[Path]:
    return [*file.parent.glob("*.sol"), *file.parent.glob("lib/*.sol"), *file.parent.glob("interfaces/*.sol")]


def _run(words: list[Any], folder: Path) -> str:
    done = subprocess.run(list(map(str, words)), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CompilationFailed(done.stdout + done.stderr)
    return done.stdout


def _fails(copy: Path, test: str) -> bool:
    report = copy / "report.xml"
    words = [
        sys.executable,
        copy / "contracts" / "run_tests.py",
        "-q",
        "-x",
        "--tb=no",
        "-k",
        test,
        f"--junitxml={report}",
    ]
    environ = {**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(copy / ".hypothesis")}
    done = subprocess.run(
        list(map(str, words)),
        cwd=copy,
        env=environ,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    # Our own test runner wrote the file a moment ago.
    cases = list(ElementTree.parse(report).iter("testcase")) if report.is_file() else []  # noqa: S314
    if not cases or any(case.find("error") is not None for case in cases):
        raise CompilationFailed(f"{test} did not run\n{done.stdout[-2_000:]}{done.stderr[-2_000:]}")
    return any(case.find("failure") is not None for case in cases)


def main() -> int:
    compile_contracts()
    wanted = " ".join(sys.argv[1:])
    mutants = [mutant for mutant in listed_mutants() if wanted in mutant.change]
    if not passes_unchanged(mutants):
        print("the named tests do not pass on the contracts as they are")
        return 1
    outcomes = {}
    for mutant in mutants:
        outcomes[mutant.change] = is_caught(mutant)
        print(
            f"{'caught' if outcomes[mutant.change] else 'SURVIVED'}: {mutant.change}: {mutant.caught_by}",
            flush=True,
        )
    if not wanted:
        REPORT.write_text(
            json.dumps({"sources_digest": sources_digest(), "caught": outcomes}, indent=1) + "\n"
        )
    print(f"mutants caught: {sum(outcomes.values())} / {len(outcomes)}")
    return 0 if outcomes and all(outcomes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
