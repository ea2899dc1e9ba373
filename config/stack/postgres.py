"""The embedded PostgreSQL server, reached through a socket that only its own user (and root) may open."""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from config.stack import postgres_binaries, processes
from config.stack.postgres_cluster import (
    DATABASE,
    PORT,
    USER,
    Cluster,
    clean_environment,
    fits_socket,
    make_private_folder,
    prepare,
)
from config.stack.tether import tethered

START_SECONDS = 60
FAST_SHUTDOWN = signal.SIGINT
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
# A test run's cluster is thrown away: what a power cut would break does not matter.
TEST_SETTINGS = SETTINGS | {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def server_command(cluster: Cluster, settings: dict[str, str] = SETTINGS) -> list[str]:
    """The foreground server; it shuts down fast and cleanly when the process that started it dies."""
    words: list[str | Path] = [postgres_binaries.binaries(cluster.owner) / "postgres", "-D", cluster.data_dir]
    for name, value in (settings | {"unix_socket_directories": str(cluster.socket_dir)}).items():
        words += ["-c", f"{name}={value}"]
    return tethered(words, death_signal=FAST_SHUTDOWN, owner=cluster.owner.ids if cluster.owner else None)


def is_ready(cluster: Cluster) -> bool:
    """True when the server takes connections."""
    program = str(postgres_binaries.binaries(cluster.owner) / "pg_isready")
    command = [program, "-q", "-h", str(cluster.socket_dir), "-p", str(PORT), "-d", DATABASE, "-U", USER]
    return subprocess.run(command, check=False, env=clean_environment()).returncode == 0


@dataclass
class Server:
    """A running server of ours."""

    cluster: Cluster
    process: "subprocess.Popen[bytes]"

    @property
    def database_url(self) -> str:
        return self.cluster.database_url

    def stop(self, seconds: float = 20) -> None:
        """A fast, clean shutdown; an immediate one when that takes too long."""
        for number in (FAST_SHUTDOWN, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is not None:
                return
            self.process.send_signal(number)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue


def start(cluster: Cluster, log: Path, settings: dict[str, str] = SETTINGS) -> Server:
    """Prepares and starts a cluster and returns when it takes connections."""
    prepare(cluster)
    with log.open("ab") as output:
        process = subprocess.Popen(
            server_command(cluster, settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=clean_environment(),
            start_new_session=True,
        )
    server = Server(cluster, process)
    try:
        processes.wait_ready("PostgreSQL", lambda: is_ready(cluster), process, log, START_SECONDS)
    except BaseException:
        server.stop(5)
        raise
    return server


class TestCluster:
    """A cluster of one test run in a temporary folder, gone with the run; also a context manager."""

    __test__ = False

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.database_url = server.database_url
        self._maker = os.getpid()
        self._stopped = False
        atexit.register(self.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends the server at once and removes its files; may be called again."""
        if self._stopped or os.getpid() != self._maker:  # a forked child ends nothing of its parent's
            return
        self._stopped = True
        self.server.process.send_signal(signal.SIGQUIT)
        self.server.stop(5)
        shutil.rmtree(self.folder, ignore_errors=True)


def test_cluster() -> TestCluster:
    """Starts a PostgreSQL without fsync for one test run; its `database_url` names an empty database."""
    owner = postgres_binaries.owner_for_root()
    # Root's own temporary folder may be closed to the owner, and a long one does not fit a socket's name;
    # /tmp is everybody's, and mkdtemp makes a private folder in it.
    parent = Path(tempfile.gettempdir())
    if owner is not None or not fits_socket(parent / "qommons-pg-12345678-abcdefgh" / "run"):
        parent = Path("/tmp")  # noqa: S108
    _remove_abandoned(parent)
    folder = Path(tempfile.mkdtemp(prefix=f"qommons-pg-{os.getpid()}-", dir=parent))
    try:
        if owner is not None:
            os.chown(folder, owner.uid, owner.gid)
        make_private_folder(folder / "run", owner)
        cluster = Cluster(folder / "data", folder / "run", owner)
        return TestCluster(start(cluster, folder / "postgres.log", TEST_SETTINGS), folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


test_cluster.__test__ = False  # type: ignore[attr-defined]  # no test, whatever its name says to pytest


def _remove_abandoned(parent: Path) -> None:
    """Removes what test runs that were killed left behind."""
    for folder in parent.glob("qommons-pg-*-*"):
        pid = folder.name.split("-")[2]
        is_old = time.time() - folder.stat().st_mtime > 60
        if is_old and pid.isdigit() and processes.identify(int(pid)) is None:
            shutil.rmtree(folder, ignore_errors=True)
