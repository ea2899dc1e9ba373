"""The contract of ContentStore on the local store and on a fake IPFS node."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.kubo_store import KuboStore
from storage.local.store import LocalStore
from tests.fakes.ipfs_node import running_node
from tests.fakes.ipfs_store_contract import ContentStoreContract


class TestLocalStore(ContentStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> LocalStore:
        return LocalStore(tmp_path / "store")


class TestKuboStoreOnFakeNode(ContentStoreContract):
    @pytest.fixture
    def store(self) -> Iterator[KuboStore]:
        with running_node() as node:
            yield KuboStore(node.url)
