"""`make bench`, pages beside open streams: a PostgreSQL of its own, benchmarks/stream_pages.py over it."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from config.stack.ports import unused_port
from config.stack.postgres import test_cluster


@contextmanager
def own_site() -> Iterator[None]:
    """The settings of a site over an empty database; nobody answers where its node should be."""
    with test_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DATABASE_URL": cluster.database_url,
            "VAR_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "config.settings.base",
            "STREAMS_AN_ADDRESS": "50",
            "CHAIN_RPC_URL": f"http://127.0.0.1:{unused_port()}",
        }
        yield


if __name__ == "__main__":
    with own_site():
        django.setup()
        from benchmarks.stream_pages import main

        main()
