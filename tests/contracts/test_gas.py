"""What every step costs: within 1 % of docs/gas.md, the same however many jobs are open, below Ocean's."""

import ape
import pytest
from gas import committed_table, drifts, refresh, write_measured
from gas_steps import dispute, job, model_sale, running, trading
from stage import MAX, SPEC_DIGEST, Stage

OPEN_JOBS = 1_000
REQUEST_GAS = 2_000_000
# Ocean Protocol 2.8.0, averages of the gas report of its own tests.
OCEAN_PUBLISH_AND_LIST = 1_427_628
OCEAN_BUY_AND_ORDER = 369_181


@pytest.fixture(scope="module")
def measured(commons, timelock, provider, researcher, executor, member) -> dict[str, int]:
    """Step -> gas of a whole main road, also written to build/gas.json."""
    stage = Stage(commons, ape.chain, provider, researcher, executor, timelock)
    for holder in (member, researcher):
        commons.vote_token.invoke_transaction("delegate", holder, sender=holder)
    stage.wait(2)
    gas = trading(stage) | job(stage, (member, researcher))
    gas |= dispute(stage, (member, researcher)) | model_sale(stage)
    open_jobs(stage, 1)
    gas |= running(stage, stage.approve(stage.requested_job()), " beside 1 open job")
    open_jobs(stage, OPEN_JOBS - 1)
    gas |= running(stage, stage.approve(stage.requested_job()), " beside 1000 open jobs")
    write_measured(gas)
    return gas


def open_jobs(stage, count: int) -> None:
    """Requests `count` jobs, past Ape, which would take minutes."""
    web3, board = ape.networks.provider.web3, stage.commons.job_board
    dataset_id = stage.publish()
    pass_id = stage.grant(dataset_id)
    # Each request is a block of its own, and each block a second later at least.
    late = {"approve_by": stage.now() + 10 * count, "claim_by": stage.now() + 20 * count}
    request = stage.job_request([dataset_id], [pass_id], **late)
    calldata = board.request.encode_input(SPEC_DIGEST, request, MAX)
    call = {"from": stage.researcher.address, "to": board.address, "gas": REQUEST_GAS, "data": calldata}
    before = board.job_count()
    sent = [web3.eth.send_transaction(call) for _ in range(count)]
    web3.eth.wait_for_transaction_receipt(sent[-1])
    assert board.job_count() == before + count


def test_gas_of_every_step_is_within_one_per_cent_of_the_committed_table(measured):
    assert drifts(committed_table(), measured) == [], "if meant: contracts/gas.py --refresh"


@pytest.mark.parametrize("step", ["claim", "result", "settle"])
def test_a_job_costs_the_same_however_many_are_open(measured, step):
    alone, among_many = measured[f"{step} beside 1 open job"], measured[f"{step} beside 1000 open jobs"]

    assert abs(among_many - alone) <= alone // 100


def test_publishing_and_buying_cost_at_most_what_oceans_cost(measured):
    assert measured["publish"] + measured["list"] <= OCEAN_PUBLISH_AND_LIST
    assert measured["first buy ever"] <= OCEAN_BUY_AND_ORDER
    assert measured["buy"] <= OCEAN_BUY_AND_ORDER
    assert measured["buy with permit"] <= OCEAN_BUY_AND_ORDER


def test_a_drift_a_new_step_and_a_lost_step_are_named():
    committed = {"buy": 1_000, "list": 1_000, "vote": 1_000}

    lines = drifts(committed, {"buy": 1_010, "list": 1_011, "claim": 5})

    assert [line.split(":")[0] for line in lines] == ["list", "vote", "claim"]


def test_refreshed_table_reads_back(tmp_path):
    file = tmp_path / "gas.md"
    file.write_text("# Gas\n\n| step | gas |\n|---|---:|\n| buy | 1 |\n\nMore.\n")

    refresh(file, {"buy": 161_219, "claim beside 1 open job": 7})

    assert committed_table(file) == {"buy": 161_219, "claim beside 1 open job": 7}
    assert file.read_text().endswith("\nMore.\n")
