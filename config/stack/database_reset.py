"""A database tells one chain's story. When the embedded chain is another one, it starts an empty database."""

import subprocess
import time

from config.stack import postgres_binaries
from config.stack.errors import PartFailed
from config.stack.postgres_cluster import DATABASE, PORT, USER, Cluster, clean_environment

KEPT = f"{DATABASE}_before"


def set_aside_other_chain(cluster: Cluster, genesis_hash: str) -> str | None:
    """Renames a database that follows another chain and makes an empty one; the text is for the person.

    Rows that people and workers wrote name jobs and tokens by number, and the new chain counts from one
    again, so they go with their chain. The one before last is dropped.
    """
    if DATABASE not in _databases(cluster):  # a kill came between the last two statements below
        _query(cluster, "postgres", f"CREATE DATABASE {DATABASE} OWNER {USER}")
    if not _query(cluster, DATABASE, "SELECT to_regclass('public.chain_indexcursor')"):
        return None
    followed = _query(cluster, DATABASE, "SELECT genesis_hash FROM chain_indexcursor")
    if followed in {"", genesis_hash}:
        return None
    kept = f"{KEPT}_{time.time_ns() // 1_000_000}"
    for old in (name for name in _databases(cluster) if name.startswith(KEPT)):
        _query(cluster, "postgres", f'DROP DATABASE "{old}" WITH (FORCE)')
    _query(cluster, "postgres", f'ALTER DATABASE {DATABASE} RENAME TO "{kept}"')
    _query(cluster, "postgres", f"CREATE DATABASE {DATABASE} OWNER {USER}")
    return f"the database told another chain's story; an empty one starts, the old one is kept as {kept}"


def _databases(cluster: Cluster) -> list[str]:
    return _query(cluster, "postgres", "SELECT datname FROM pg_database").split()


def _query(cluster: Cluster, database: str, statement: str) -> str:
    """The answer as plain text, one row a line."""
    program = postgres_binaries.binaries(cluster.owner) / "psql"
    words = [str(program), "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(cluster.socket_dir)]
    words += ["-p", str(PORT), "-U", USER, "-d", database, "-c", statement]
    answer = subprocess.run(words, capture_output=True, text=True, check=False, env=clean_environment())
    if answer.returncode != 0:
        raise PartFailed(f"PostgreSQL refused a statement of the stack: {answer.stderr.strip()}")
    return answer.stdout.strip()
