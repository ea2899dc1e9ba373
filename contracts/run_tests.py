"""Runs the contract tests under `ape test` on Anvil, compiled first, whatever the shell's environment.

python contracts/run_tests.py [arguments of pytest]
"""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from compile import CompilationFailed, compile_contracts
from toolchain import ROOT, ToolMissing, ape_environment

TESTS = "tests/contracts"
MACHINES = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def anvil_folder() -> Path:
    """Where the native anvil is. npm's own launcher is not used: killed, it leaves its child behind.

    Raises ToolMissing when npm has not installed it.
    """
    machine = MACHINES.get(platform.machine(), platform.machine())
    folder = ROOT / "node_modules" / "@foundry-rs" / f"anvil-{sys.platform}-{machine}" / "bin"
    if (folder / "anvil").is_file():
        return folder
    found = shutil.which("anvil")
    if found is None:
        raise ToolMissing("anvil is not installed in node_modules; run `npm ci` in the repository root")
    return Path(found).parent


def main() -> int:
    try:
        compile_contracts()
        variables = ape_environment()
        variables["PATH"] = os.pathsep.join([str(anvil_folder()), variables["PATH"]])
    except (CompilationFailed, ToolMissing) as error:
        print(f"contract tests cannot run: {error}", file=sys.stderr)
        return 1
    ape = Path(sys.executable).with_name("ape")
    command = [ape, "test", TESTS, "--network", "ethereum:local:foundry", *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
