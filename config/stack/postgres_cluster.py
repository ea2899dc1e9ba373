"""One PostgreSQL cluster on disk: where it lies, how it is made, what a killed server left behind in it."""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.stack import postgres_binaries, processes
from config.stack.errors import PartFailed, StackError
from config.stack.layout import Layout
from config.stack.postgres_binaries import Owner
from config.stack.tether import tethered

DATABASE = USER = "qommons"
PORT = 5432  # only the socket file's name: nothing listens on a network port
SOCKET_PATH_LIMIT = 107


@dataclass(frozen=True)
class Cluster:
    """Where one cluster lives and who runs it (None: we do, in person)."""

    data_dir: Path
    socket_dir: Path
    owner: Owner | None
    # For a cluster outside var/: a file in var/ that must hold the cluster's own mark, so that a new or
    # emptied var/ never meets the database of an old one.
    mark_file: Path | None = None

    @property
    def database_url(self) -> str:
        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self.socket_dir), safe='/')}&port={PORT}"

    @property
    def socket(self) -> Path:
        return self.socket_dir / f".s.PGSQL.{PORT}"


def cluster_of(layout: Layout) -> Cluster:
    """The embedded cluster of a stack; nothing is made yet."""
    owner = postgres_binaries.owner_for_root()
    if owner is None:
        return Cluster(layout.var_dir / "postgres", _socket_dir(layout), None)
    home = postgres_binaries.SHARED_FOLDER / layout.name
    return Cluster(home / "postgres", home / "run", owner, layout.var_dir / "postgres.mark")


def fits_socket(folder: Path) -> bool:
    """True where a socket in the folder has a name that the kernel takes and PostgreSQL reads rightly."""
    name = folder / f".s.PGSQL.{PORT}"
    return len(os.fsencode(name)) <= SOCKET_PATH_LIMIT and not set(str(name)) & set(",'\"@")


def _socket_dir(layout: Layout) -> Path:
    """var/run/postgres, or a short private folder where that name does not fit."""
    wanted = layout.run_dir / "postgres"
    if fits_socket(wanted):
        return wanted
    return Path("/tmp") / f"qommons-{os.getuid()}-{layout.name}"  # noqa: S108 - made 0700 and checked to be ours


def prepare(cluster: Cluster) -> str | None:
    """Makes folders and, the first time, the cluster itself; the text, if any, is for the person."""
    binaries = postgres_binaries.binaries(cluster.owner)
    if cluster.owner is not None and not cluster.data_dir.parent.is_dir():
        postgres_binaries.make_shared_folder(cluster.data_dir.parent)
    make_private_folder(cluster.socket_dir, cluster.owner)
    told = _set_aside_foreign(cluster)
    if cluster.data_dir.is_dir():
        check_version(cluster, binaries)
        clear_leftovers(cluster)
        return told
    _initialise(cluster, binaries)
    return told or "a new, empty database was made"


def make_private_folder(folder: Path, owner: Owner | None) -> None:
    """A folder (0700) of the owner's alone; one that is somebody else's is refused, not repaired."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
        if owner is not None:
            os.chown(folder, owner.uid, owner.gid)
    except FileExistsError:
        pass
    except OSError as error:
        raise StackError(f"{folder} cannot be made: {error.strerror}") from error
    found = folder.lstat()
    is_private = found.st_uid == (owner.uid if owner else os.getuid()) and not found.st_mode & 0o077
    if folder.is_symlink() or not is_private:
        raise StackError(f"{folder} is not a private folder of PostgreSQL's user; remove it and start again")


def _set_aside_foreign(cluster: Cluster) -> str | None:
    """Moves away a cluster outside var/ that belongs to an earlier var/ of the same name."""
    if cluster.mark_file is None:
        return None
    own_mark = cluster.data_dir.with_name("mark")
    if cluster.data_dir.is_dir() and _mark(own_mark) == _mark(cluster.mark_file) is not None:
        return None
    told = None
    if cluster.data_dir.is_dir():
        clear_leftovers(cluster)
        kept = cluster.data_dir.with_name("postgres.previous")
        shutil.rmtree(kept, ignore_errors=True)
        cluster.data_dir.rename(kept)
        told = f"{cluster.mark_file.parent} is new, so its database is too; the earlier one is kept in {kept}"
    mark = secrets.token_hex(16)
    own_mark.write_text(mark)
    cluster.mark_file.parent.mkdir(parents=True, exist_ok=True)
    cluster.mark_file.write_text(mark)
    return told


def _mark(file: Path) -> str | None:
    try:
        return file.read_text()
    except FileNotFoundError:
        return None


def check_version(cluster: Cluster, binaries: Path) -> None:
    """Refuses a cluster that another major version made."""
    try:
        made_by = (cluster.data_dir / "PG_VERSION").read_text().strip()
    except OSError as error:
        raise StackError(
            f"{cluster.data_dir} is not a PostgreSQL cluster ({error.strerror}); move it away and start again"
        ) from error
    answer = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
    ours = answer.stdout.split()[-1].split(".")[0]
    if made_by != ours:
        raise StackError(
            f"the database in {cluster.data_dir} was made by PostgreSQL {made_by}, this is {ours}; move it "
            "away to start with an empty one (chain facts come back from the chain), or set DATABASE_URL"
        )


def _initialise(cluster: Cluster, binaries: Path) -> None:
    """initdb into a draft that takes the cluster's name only when the database in it exists."""
    draft = cluster.data_dir.with_name(cluster.data_dir.name + ".new")
    options: list[str | Path] = [
        "-D",
        draft,
        "-U",
        USER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
        "--no-instructions",
    ]
    for locale in ("C.UTF-8", "C"):  # the second for a system that lacks the first
        shutil.rmtree(draft, ignore_errors=True)
        make_private_folder(draft, cluster.owner)
        made = _run_as_owner(cluster, [binaries / "initdb", *options, f"--locale={locale}"])
        if made.returncode == 0:
            break
    else:
        raise PartFailed(f"PostgreSQL's initdb failed: {_words(made.stderr)}")
    single: list[str | Path] = [binaries / "postgres", "--single", "-D", draft, "postgres"]
    made = _run_as_owner(cluster, single, typed=f"CREATE DATABASE {DATABASE} OWNER {USER}\n")
    if made.returncode != 0:
        raise PartFailed(f"PostgreSQL could not make its database: {_words(made.stderr)}")
    draft.rename(cluster.data_dir)


def _words(stderr: str) -> str:
    if "could not look up effective user ID" in stderr:
        return f"user {os.getuid()} has no entry in this machine's list of users; add one or set DATABASE_URL"
    if "No space left" in stderr:
        return "the disk is full"
    return stderr.strip()


def _run_as_owner(
    cluster: Cluster, argv: Sequence[str | Path], typed: str = ""
) -> "subprocess.CompletedProcess[str]":
    owner = cluster.owner.ids if cluster.owner else None
    command = tethered(argv, death_signal=signal.SIGKILL, owner=owner)
    return subprocess.run(
        command, input=typed, capture_output=True, text=True, check=False, cwd="/", env=clean_environment()
    )


def clean_environment() -> dict[str, str]:
    """An environment without PG... variables, which would change what PostgreSQL's programs do."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def clear_leftovers(cluster: Cluster) -> None:
    """Ends a server that outlived its supervisor, and removes the lock files of one that is gone."""
    running = server_of(cluster)
    if running is not None:
        processes.send(running, signal.SIGINT)
        if not processes.wait_gone(running, 20):
            processes.send(running, signal.SIGQUIT)
            if not processes.wait_gone(running, 10):
                raise StackError(f"an old PostgreSQL (process {running.pid}) does not stop; end it first")
    lock = cluster.data_dir / "postmaster.pid"
    for file in (lock, cluster.socket, cluster.socket.with_name(cluster.socket.name + ".lock")):
        file.unlink(missing_ok=True)


def server_of(cluster: Cluster) -> processes.ProcessId | None:
    """The living server that the lock file names; a pid that is another program's by now counts as none."""
    try:
        pid = int((cluster.data_dir / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None
    words = processes.command_of(pid)
    is_ours = bool(words) and Path(words[0]).name == "postgres" and str(cluster.data_dir) in words
    return processes.identify(pid) if is_ours else None
