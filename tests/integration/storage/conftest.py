"""A real Kubo node, where the machine has the binary."""

from collections.abc import Iterator

import pytest

from storage.kubo_store import KuboStore
from tests.fakes.ipfs_cars import directory_car, foreign_car
from tests.fakes.ipfs_kubo import KuboNode, running_kubo
from tests.tools import require_tool

__all__ = ["directory_car", "foreign_car"]


@pytest.fixture(scope="session")
def kubo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KuboNode]:
    binary = require_tool("ipfs", how="deploy/ci/build_kubo.sh DEST, then DEST on PATH")
    with running_kubo(binary, tmp_path_factory.mktemp("kubo") / "repo") as node:
        yield node


@pytest.fixture
def kubo_store(kubo: KuboNode) -> KuboStore:
    return KuboStore(kubo.api_url)
