"""Where the stack keeps its files: everything under one folder, `var/`, unless VAR_DIR says otherwise."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Layout:
    """The folders and files of one stack; nothing is made by asking for a path."""

    root: Path
    var_dir: Path

    @property
    def run_dir(self) -> Path:
        return self.var_dir / "run"

    @property
    def log_dir(self) -> Path:
        return self.var_dir / "log"

    @property
    def chain_dir(self) -> Path:
        return self.var_dir / "chain"

    @property
    def keys_dir(self) -> Path:
        return Path(os.environ.get("KEYS_DIR", "").strip() or self.var_dir / "keys").expanduser().absolute()

    @property
    def queue_dir(self) -> Path:
        return Path(os.environ.get("QUEUE_DIR", "").strip() or self.var_dir / "queue").expanduser().absolute()

    @property
    def endpoints_file(self) -> Path:
        return self.run_dir / "endpoints.json"

    @property
    def pid_file(self) -> Path:
        return self.run_dir / "supervisor.json"

    @property
    def name(self) -> str:
        """Sixteen hex digits of this stack's folder, for folders that cannot lie inside it."""
        return sha256(str(self.var_dir).encode()).hexdigest()[:16]

    def log_file(self, part: str) -> Path:
        return self.log_dir / f"{part}.log"

    def deployment_file(self, chain_id: int) -> Path:
        named = os.environ.get("DEPLOYMENT_FILE", "").strip()
        default = self.var_dir / "deployments" / f"{chain_id}.json"
        return Path(named).expanduser().absolute() if named else default

    def make_folders(self) -> None:
        """Makes the folders that hold no secret with the usual mode, and the private one with 0700."""
        for folder in (self.var_dir, self.run_dir, self.log_dir, self.chain_dir):
            folder.mkdir(parents=True, exist_ok=True)
        self.keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)


def layout_of(environ: Mapping[str, str] = os.environ) -> Layout:
    """The layout of this checkout, with VAR_DIR of the environment where it is set."""
    named = environ.get("VAR_DIR", "").strip()
    var_dir = Path(named).expanduser() if named else ROOT / "var"
    return Layout(root=ROOT, var_dir=var_dir.absolute())
