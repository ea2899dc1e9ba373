"""What the stack shows of addresses, and where it keeps its files."""

from pathlib import Path

import pytest

from config.stack.doctor_parts import kubo_http_address
from config.stack.endpoints import Given, read_endpoints, read_json, without_secrets, write_endpoints
from config.stack.layout import ROOT, Layout, layout_of


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (
            "postgresql://site:hunter2@db.example:5432/qommons?password=x",
            "postgresql://db.example:5432/qommons",
        ),
        ("redis://:hunter2@queue.example:6379/0", "redis://queue.example:6379/0"),
        ("https://node.example/v3/0123456789abcdef", "https://node.example/..."),
        ("http://user:hunter2@127.0.0.1:8545", "http://127.0.0.1:8545"),
        ("https://node.example/?key=hunter2", "https://node.example/"),
        ("postgresql://qommons@/qommons?host=/run/socket", "postgresql:///qommons"),
        ("http://host:not-a-port/", "an address that cannot be read"),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_its_secrets(given, shown):
    assert without_secrets(given) == shown


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("http://127.0.0.1:5001", "http://127.0.0.1:5001"),
        ("http://127.0.0.1:5001/api/v0", "http://127.0.0.1:5001"),
        ("/ip4/127.0.0.1/tcp/5001", "http://127.0.0.1:5001"),
        ("/dns4/kubo.example/tcp/443/https", "https://kubo.example:443"),
        ("/unix/var/run/kubo", None),
        ("kubo", None),
    ],
)
def test_a_node_is_named_by_url_or_by_multiaddress(given, address):
    assert kubo_http_address(given) == address


def test_an_unset_or_blank_variable_means_the_embedded_part():
    given = Given.of({"DATABASE_URL": "  ", "CHAIN_RPC_URL": "http://node"})

    assert given.database_url == ""
    assert given.broker_url == ""
    assert given.chain_rpc_url == "http://node"


def test_endpoints_are_read_back_and_a_torn_file_reads_as_none(tmp_path):
    layout = Layout(ROOT, tmp_path)
    layout.run_dir.mkdir()

    write_endpoints(layout, {"CHAIN_RPC_URL": "http://127.0.0.1:8545"})
    assert read_endpoints(layout) == {"CHAIN_RPC_URL": "http://127.0.0.1:8545"}

    layout.endpoints_file.write_text('{"CHAIN_RPC')
    assert read_endpoints(layout) == {}
    assert read_json(tmp_path / "missing") == {}


def test_var_lies_in_the_checkout_unless_named():
    assert layout_of({}).var_dir == ROOT / "var"
    assert layout_of({"VAR_DIR": "/srv/qommons"}).var_dir == Path("/srv/qommons")


def test_two_folders_never_share_a_name():
    names = {Layout(ROOT, Path(folder)).name for folder in ("/a/var", "/b/var")}

    assert len(names) == 2
