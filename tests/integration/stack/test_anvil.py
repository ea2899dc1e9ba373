"""Nodes of tests come and go by the hundred; each keeps past states on disk."""

import tempfile
from pathlib import Path

import pytest

from config.stack.anvil import start_anvil

MORE_BLOCKS_THAN_STAY_IN_MEMORY = 600


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_node_leaves_nothing_on_disk_however_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    node = start_anvil()
    node.rpc("anvil_mine", hex(MORE_BLOCKS_THAN_STAY_IN_MEMORY))
    assert list(tmp_path.rglob("*"))

    getattr(node, end)()

    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []
