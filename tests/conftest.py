"""Fixtures that every group of tests shares: a real PostgreSQL, a real Anvil, the deployed contracts."""

import os
from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from django.db import connections

from config import env
from config.stack.anvil import AnvilNode, start_anvil
from config.stack.postgres import test_cluster

# The same examples on every run, and no time limit that a busy machine breaks.
hypothesis.settings.register_profile("fixed", derandomize=True, deadline=None)
hypothesis.settings.load_profile("fixed")


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Iterator[None]:
    """A throw-away PostgreSQL cluster for this run, unless TEST_DATABASE_URL names a server."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        _use_database(env.database(given))
        yield
        return
    with test_cluster() as cluster:
        _use_database(env.database(cluster.database_url))
        yield


def _use_database(entry: dict[str, object]) -> None:
    settings.DATABASES["default"].update(entry)
    connections["default"].settings_dict.update(entry)


@pytest.fixture(scope="session")
def anvil() -> Iterator[AnvilNode]:
    """One Anvil for the session on its own port; a block for each transaction."""
    with start_anvil() as node:
        yield node
