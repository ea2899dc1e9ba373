"""The doctor's look at what set-up brings: Python, environments, Node, npm packages, contracts, disk."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from config.stack import anvil, contracts, isolation
from config.stack.errors import MissingTool
from config.stack.findings import Finding, broken, fine, note
from config.stack.layout import Layout

NEEDED_PYTHON = (3, 11)
NEEDED_NODE = 20
APP_MODULES = ("django", "rest_framework", "web3", "celery", "uvicorn", "psycopg", "qiskit", "sklearn")
NPM_PACKAGES = ("@openzeppelin/contracts", "solc", "htmx.org", "@picocss/pico", "uplot")
MIB = 1024 * 1024
NEEDED_DISK_BYTES, COMFORTABLE_DISK_BYTES = 300 * MIB, 2048 * MIB

Environ = Mapping[str, str]


def python_version(_layout: Layout, _environ: Environ) -> Finding:
    text = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < NEEDED_PYTHON:
        return broken("python", f"{text}, but 3.11 or later is needed")
    return fine("python", text)


def app_environment(layout: Layout, _environ: Environ) -> Finding:
    missing = [name for name in APP_MODULES if find_spec(name) is None]
    if not missing:
        return fine("app", f"its packages are installed ({sys.prefix})")
    has_venv = (layout.root / ".venv" / "bin" / "python").exists()
    if has_venv and Path(sys.prefix) != layout.root / ".venv":
        return note("app", "this is not the app's Python; ask again with .venv/bin/python manage.py doctor")
    return broken("app", f"packages are missing ({', '.join(missing)}); `make setup` installs them")


def contract_tools(layout: Layout, _environ: Environ) -> Finding:
    folder = layout.root / ".venv-contracts"
    if not (folder / "bin" / "python").is_file() or not (folder / "bin" / "ape").is_file():
        return broken("tools", "the contract tools (.venv-contracts) are missing; `make setup` installs them")
    return fine("tools", "Ape and the Vyper compiler are installed (.venv-contracts)")


def node_version(layout: Layout, _environ: Environ) -> Finding:
    node = shutil.which("node", path=contracts.tools_environment(layout)["PATH"])
    if node is None:
        return broken("node", "no Node.js; `make setup` brings one, or install Node 20 or later")
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    text = answer.stdout.strip()
    major = text.removeprefix("v").split(".")[0]
    if answer.returncode != 0 or not major.isdigit():
        return broken("node", f"{node} does not run: {answer.stderr.strip()[:200]}")
    if int(major) < NEEDED_NODE:
        return broken("node", f"{text}, but {NEEDED_NODE} or later is needed; `make setup` brings one")
    return fine("node", f"{text} ({node})")


def npm_packages(layout: Layout, environ: Environ) -> Finding:
    missing = [name for name in NPM_PACKAGES if not (layout.root / "node_modules" / name).is_dir()]
    if missing:
        return broken("npm", f"packages are missing ({', '.join(missing)}); `make setup` installs them")
    try:
        anvil.binary(layout.root)
    except MissingTool as error:
        if not environ.get("CHAIN_RPC_URL", "").strip():
            return broken("npm", str(error))
    return fine("npm", "OpenZeppelin, solc, the page assets and Anvil are installed (node_modules)")


def compiled_contracts(layout: Layout, _environ: Environ) -> Finding:
    compiled = list((layout.root / "build" / "bytecode").glob("*.json"))
    if not compiled:
        return note("contracts", "not compiled yet; set-up or the first start does it")
    return fine("contracts", f"{len(compiled)} compiled (build/)")


def disk(layout: Layout, _environ: Environ) -> Finding:
    folder = layout.var_dir
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        return broken("disk", f"{folder} cannot be written by this user; set VAR_DIR or change its owner")
    free = shutil.disk_usage(folder).free
    if free < NEEDED_DISK_BYTES:
        return broken(
            "disk", f"only {free // MIB} MiB free for {layout.var_dir}; at least 300 MiB are needed"
        )
    if free < COMFORTABLE_DISK_BYTES:
        return note("disk", f"only {free // MIB} MiB free for {layout.var_dir}")
    return fine("disk", f"{free // (1024 * MIB)} GiB free for {layout.var_dir}")


def keys_privacy(layout: Layout, _environ: Environ) -> Finding:
    if not layout.keys_dir.is_dir():
        return fine("keys", "none made yet")
    open_to_others = [
        file.name for file in sorted(layout.keys_dir.glob("*.key")) if file.stat().st_mode & 0o077
    ]
    if open_to_others:
        return note("keys", f"other users can read {', '.join(open_to_others)}; chmod 600 closes them")
    return fine("keys", f"private ({layout.keys_dir})")


def job_isolation(_layout: Layout, _environ: Environ) -> Finding:
    if isolation.can_unshare():
        return fine("isolation", "jobs run in a user and network namespace of their own")
    return note(
        "isolation",
        "this machine gives us no user and network namespaces: jobs run with limits but could reach the "
        "network, so private data is refused",
    )
