"""`manage.py up`, `status`, `doctor` and `down` as a person types them, on real parts."""

import json
import os
import shutil
from urllib.request import urlopen

import pytest

from config.stack import anvil
from config.stack.chain_state import mend_state
from config.stack.endpoints import read_endpoints, read_json
from config.stack.ports import unused_port
from tests.e2e.person import somebody, wait_for

PARTS = {"database", "chain", "web", "release", "follower", "sender", "jobs", "preview"}


@pytest.fixture(scope="module")
def person(tmp_path_factory):
    with somebody(tmp_path_factory.mktemp("up")) as someone:
        yield someone


@pytest.fixture(scope="module")
def running(person):
    code, output = person.types("up", "--detach")
    assert code == 0, output
    return output


def test_up_prints_a_line_for_each_part_and_returns_when_the_site_answers(person, running):
    named = {line.split()[0] for line in running.splitlines()}

    assert named >= PARTS | {"contracts", "tables", "queue", "content", "ready"}
    with urlopen(f"http://127.0.0.1:{person.web_port}/") as answer:
        assert answer.status == 200


def test_status_and_doctor_agree_that_all_is_well(person, running):
    wait_for(lambda: person.types("status")[0] == 0, "every part to run")

    code, output = person.types("doctor")

    assert code == 0, output
    assert "answers on" in output
    assert "embedded Anvil (http://127.0.0.1:" in output


def test_operations_names_every_part_and_finds_nothing_wrong(person, running):
    wait_for(lambda: person.types("operations")[0] == 0, "nothing to be wrong")

    _, output = person.types("operations")

    named = {line.split()[1] for line in output.splitlines()}
    assert named >= PARTS - {"database", "chain"} | {"index", "reorgs", "queue", "content", "pins", "disk"}
    assert "0 behind" in output


def test_the_contracts_stand_on_the_chain_that_other_commands_are_told_of(person, running):
    rpc_url = read_endpoints(person.layout)["CHAIN_RPC_URL"]
    deployment = read_json(person.layout.deployment_file(anvil.CHAIN_ID))

    assert deployment["genesis_hash"] == anvil.genesis_hash(rpc_url)
    assert {"JobBoard", "DataMarket", "CommonsGovernor", "Timelock"} <= set(deployment["contracts"])


def test_a_second_up_changes_nothing_and_says_that_the_stack_runs(person, running):
    before = {name: part["pid"] for name, part in person.parts().items()}

    code, output = person.types("up", "--detach")
    assert "runs already" in output
    assert code == 0

    code, output = person.types("up")
    assert "runs already" in output
    assert code != 0
    assert {name: part["pid"] for name, part in person.parts().items()} == before


def test_a_deleted_queue_folder_is_made_again(person, running):
    shutil.rmtree(person.layout.queue_dir)

    wait_for((person.layout.queue_dir / "messages").is_dir, "the queue's folders")


def test_a_killed_worker_is_started_again(person, running):
    before = person.parts()["preview"]
    os.kill(before["pid"], 9)

    wait_for(lambda: person.parts()["preview"]["restarts"] > before["restarts"], "the worker's restart")


def test_down_leaves_no_process_and_the_next_start_keeps_chain_and_rows(person, running):
    first = read_json(person.layout.deployment_file(anvil.CHAIN_ID))
    assert person.types("down")[0] == 0
    assert person.left_running() == []
    assert person.types("status")[0] == 1

    code, output = person.types("up", "--detach")

    assert code == 0, output
    assert "deploying" not in output
    assert "another chain" not in output
    assert read_json(person.layout.deployment_file(anvil.CHAIN_ID)) == first


def test_a_chain_without_its_contracts_gives_way_to_a_fresh_one_with_an_empty_database(person, running):
    assert person.types("down")[0] == 0
    state_file = person.layout.chain_dir / "state.json"
    mend_state(state_file)
    state = json.loads(state_file.read_text())
    contracts = read_json(person.layout.deployment_file(anvil.CHAIN_ID))["contracts"]
    state["accounts"].pop(contracts["JobBoard"].lower())
    state_file.write_text(json.dumps(state))

    code, output = person.types("up", "--detach")

    assert code == 0, output
    assert "a fresh chain starts" in output


def test_an_absent_database_is_named_without_its_password_and_nothing_is_left_running(person, running):
    assert person.types("down")[0] == 0

    absent = f"postgresql://site:hunter2@127.0.0.1:{unused_port()}/qommons"
    code, output = person.types("up", "--detach", DATABASE_URL=absent)

    assert code == 1
    assert "DATABASE_URL" in output
    assert "hunter2" not in output
    assert person.left_running() == []
