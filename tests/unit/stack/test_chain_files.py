"""The files of the embedded chain: saved state, identity, parameters."""

import json

import pytest

from config.stack import anvil, embedded_chain
from config.stack.chain_state import mend_state, with_one_genesis
from config.stack.errors import StackError
from config.stack.keys import StackKeys, ensure_keys, read_key
from config.stack.layout import Layout
from config.stack.parameters import ALL_VOTES, for_this_stack


def block(number, timestamp):
    return {"header": {"number": hex(number), "timestamp": hex(timestamp)}}


@pytest.fixture
def layout(tmp_path):
    """A checkout with compiled contracts and a var/ of its own."""
    made = Layout(tmp_path, tmp_path / "var")
    made.make_folders()
    (tmp_path / "build" / "bytecode").mkdir(parents=True)
    (tmp_path / "build" / "bytecode" / "JobBoard.json").write_text("{}")
    (tmp_path / "contracts" / "parameters").mkdir(parents=True)
    (tmp_path / "contracts" / "parameters" / "local.json").write_text("{}")
    return made


@pytest.fixture
def standing_chain(layout):
    """A chain that was saved with its contracts."""
    state = {"blocks": [block(0, 100), block(1, 101)]}
    embedded_chain.state_file(layout).write_text(json.dumps(state))
    layout.deployment_file(anvil.CHAIN_ID).parent.mkdir()
    layout.deployment_file(anvil.CHAIN_ID).write_text("{}")
    embedded_chain.remember_identity(layout, "0x" + "11" * 32)
    return layout


def test_of_several_first_blocks_only_the_oldest_is_kept():
    state = {"blocks": [block(2, 102), block(0, 900), block(0, 100), block(1, 101)], "accounts": {}}

    kept = with_one_genesis(state)

    assert [(b["header"]["number"], b["header"]["timestamp"]) for b in kept["blocks"]] == [
        ("0x2", hex(102)),
        ("0x0", hex(100)),
        ("0x1", hex(101)),
    ]


def test_a_state_cut_short_by_a_kill_gives_way_to_the_last_whole_copy(tmp_path):
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"blocks": [block(0, 100)]}))
    assert mend_state(file) is None
    whole = file.read_text()

    file.write_text(whole[: len(whole) // 2])

    assert "last whole copy" in mend_state(file)
    assert file.read_text() == whole


def test_a_state_cut_short_before_any_copy_starts_a_fresh_chain(tmp_path):
    file = tmp_path / "state.json"
    file.write_text('{"blocks": [')

    assert "fresh chain" in mend_state(file)
    assert not file.exists()


def test_the_same_contracts_keep_the_chain(standing_chain):
    assert embedded_chain.prepare_state(standing_chain) is None
    assert embedded_chain.state_file(standing_chain).exists()


def test_changed_contracts_start_a_fresh_chain_and_keep_the_old_one_aside(standing_chain):
    (standing_chain.root / "build" / "bytecode" / "JobBoard.json").write_text('{"bytecode": "0x00"}')

    told = embedded_chain.prepare_state(standing_chain)

    assert "changed" in told
    assert not embedded_chain.state_file(standing_chain).exists()
    assert not standing_chain.deployment_file(anvil.CHAIN_ID).exists()
    assert (standing_chain.chain_dir / "previous" / "state.json").exists()
    assert (standing_chain.chain_dir / "previous" / "31337.json").exists()


def test_a_chain_whose_deployment_never_ended_is_set_aside(standing_chain):
    standing_chain.deployment_file(anvil.CHAIN_ID).unlink()

    assert "fresh chain" in embedded_chain.prepare_state(standing_chain)
    assert not embedded_chain.state_file(standing_chain).exists()


def test_keys_are_made_once_private_and_stay(tmp_path):
    first = ensure_keys(tmp_path)
    again = ensure_keys(tmp_path)

    assert first == again
    assert set(first.addresses) == {
        *("deployer", "executor", "faucet", "relayer", "demo-member"),
        *("verifier-1", "verifier-2", "verifier-3"),
    }
    assert {file.stat().st_mode & 0o777 for file in tmp_path.glob("*.key")} == {0o600}
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "demo-member.key",
        "deployer.key",
        "executor-age.key",
        "executor-age.pub",
        "executor-signing.key",
        "executor.key",
        "faucet.key",
        "relayer.key",
        "release-age.key",
        "release-age.pub",
        "verifier-1.key",
        "verifier-2.key",
        "verifier-3.key",
        "verifier-age.key",
        "verifier-age.pub",
        "verifier-signing.key",
    ]


def test_a_file_that_holds_no_key_is_refused_by_name_without_showing_it(tmp_path):
    (tmp_path / "faucet.key").write_text("not a secret that may be shown")

    with pytest.raises(StackError, match=r"faucet\.key") as refused:
        read_key(tmp_path, "faucet")
    assert "not a secret" not in str(refused.value)


def test_faucet_demo_member_and_treasury_share_all_votes():
    addresses = {"deployer": "0xd", "executor": "0xe", "faucet": "0xf", "demo-member": "0xa"}
    keys = StackKeys(addresses, "0x" + "22" * 32, "age1pq1recipient", "0x" + "33" * 32, "age1pq1verifier")

    made = for_this_stack({"quorum_percent": 4, "votes": [], "executor": {}}, keys)

    assert sum(int(holding["amount"]) for holding in made["votes"]) == ALL_VOTES
    assert made["votes"][0] == {"holder": "0xf", "amount": str(600_000 * 10**18)}
    assert made["votes"][1] == {"holder": "0xa", "amount": str(50_000 * 10**18)}
    assert made["proposal_threshold"] == str(10_000 * 10**18)
    assert made["quorum_percent"] == 4
    assert made["executor"]["address"] == "0xe"
    assert made["values"]["verifier_quorum"] == 2


def test_next_start_drops_what_the_last_node_left_of_past_states_and_keeps_the_chain(layout):
    state = {"blocks": [block(0, 5), block(1, 6)]}
    embedded_chain.state_file(layout).write_text(json.dumps(state))
    left = embedded_chain.past_states(layout) / "anvil-state-1" / "0xab.json"
    left.parent.mkdir(parents=True)
    left.write_text("{}")

    embedded_chain.make_ready(layout)

    assert not left.exists()
    assert json.loads(embedded_chain.state_file(layout).read_text()) == state
