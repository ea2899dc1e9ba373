"""Compiles and deploys the contracts with the contract tools, which live in an environment of their own."""

import os
import subprocess
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from config.stack.errors import MissingTool, PartFailed, StackError
from config.stack.layout import Layout
from config.stack.processes import tail

COMPILE_SECONDS = 600
DEPLOY_SECONDS = 300


def local_parameters(layout: Layout) -> Path:
    """The committed parameters of local chains."""
    return layout.root / "contracts" / "parameters" / "local.json"


def tools_environment(layout: Layout) -> dict[str, str]:
    """The contract tools' environment: their own programs first, then npm's, then Node out of our wheel."""
    folders = [
        layout.root / ".venv-contracts" / "bin",
        layout.root / "node_modules" / ".bin",
        layout.root / ".venv" / "bin",
    ]
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)])
    dropped = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in os.environ.items() if name not in dropped} | {"PATH": path}


def compile_contracts(layout: Layout) -> None:
    """Brings build/ up to date; quick when the sources have not changed."""
    _run_tool(layout, "compile", ["contracts/compile.py"], COMPILE_SECONDS, {})


def contracts_digest(layout: Layout) -> str:
    """One hash over everything that decides what a deployment is: the bytecode and the local parameters."""
    digest = sha256()
    files = sorted((layout.root / "build" / "bytecode").glob("*.json"))
    if not files:
        raise StackError(
            "build/bytecode is empty: the contracts are not compiled; `make setup` compiles them"
        )
    for file in [*files, local_parameters(layout)]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def deploy_contracts(layout: Layout, *, rpc_url: str, parameters: Path, out: Path, deployer_key: str) -> None:
    """Deploys and wires all contracts; `out` is written last: it exists only for a whole deployment."""
    out.parent.mkdir(parents=True, exist_ok=True)
    words = ["contracts/deploy.py", "--rpc", rpc_url, "--parameters", str(parameters), "--out", str(out)]
    _run_tool(layout, "deploy", words, DEPLOY_SECONDS, {"DEPLOYER_KEY": deployer_key})


def _run_tool(
    layout: Layout, name: str, words: list[str], seconds: float, secrets: Mapping[str, str]
) -> None:
    python = layout.root / ".venv-contracts" / "bin" / "python"
    if not python.is_file():
        raise MissingTool(
            "the contract tools are not installed (.venv-contracts); `make setup` installs them"
        )
    log = layout.log_file(name)
    with log.open("wb") as output:
        try:
            ended = subprocess.run(
                [str(python), *words],
                cwd=layout.root,
                env=tools_environment(layout) | dict(secrets),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PartFailed(f"contracts: {name} took longer than {seconds:.0f} s. {tail(log)}") from None
    if ended.returncode != 0:
        raise PartFailed(f"contracts: {name} ended with code {ended.returncode}. {tail(log, 15)}")
