"""The lock files hold what the requirements ask for, each package with the hashes of its files."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
LOCKS = {
    "requirements.lock": ("requirements.txt", "requirements-dev.txt"),
    "contracts/requirements.lock": ("contracts/requirements.txt",),
}


def pins(name: str) -> set[tuple[str, str]]:
    """Names as PEP 503 has them, with their versions."""
    text = (ROOT / name).read_text()
    return {(re.sub(r"[-_.]+", "-", package).lower(), version) for package, version in PIN.findall(text)}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_holds_every_requirement_in_its_version(lock: str):
    wanted = set().union(*(pins(name) for name in LOCKS[lock]))

    assert wanted
    assert wanted <= pins(lock), "the requirements have changed: run `make lock`"


@pytest.mark.attack("S41")
@pytest.mark.parametrize("lock", LOCKS)
def test_no_package_of_a_lock_lacks_its_hashes_and_none_comes_from_an_address(lock: str):
    entries = [entry for entry in re.split(r"\n(?=\S)", (ROOT / lock).read_text()) if entry.strip()]

    assert len(entries) > 100
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert [entry for entry in entries if "://" in entry or " @ " in entry] == []


@pytest.mark.attack("S17", "S41")
def test_every_npm_package_that_is_installed_here_is_held_by_its_version_and_hash():
    held = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]

    here = {path: each for path, each in held.items() if path and (ROOT / path / "package.json").is_file()}

    assert {f"node_modules/{name}" for name in wanted} <= set(here)
    assert [path for path, each in here.items() if not each.get("integrity", "").startswith("sha512-")] == []
    assert {name: held[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert {path: json.loads((ROOT / path / "package.json").read_text())["version"] for path in here} == {
        path: each["version"] for path, each in here.items()
    }


@pytest.mark.attack("S41")
def test_every_requirement_is_pinned_to_one_version():
    for name in {file for files in LOCKS.values() for file in files}:
        lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
        loose = [line for line in lines if line and not line.startswith("-r ") and not PIN.match(line)]
        assert loose == []
