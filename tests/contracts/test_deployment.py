"""The deployment: predicted addresses, the role table, and parameters that are checked first."""

import ape
import pytest
from commons import parameters
from deployment.artefacts import container
from deployment.parameters import BadParameters, parse_parameters
from deployment.record import is_alive
from deployment.roles import RoleMismatch

from deploy import deploy, role_table

NOBODY = "0x" + "00" * 20


@pytest.fixture
def web3():
    return ape.networks.provider.web3


@pytest.fixture
def raw(member, researcher, executor):
    """The contents of a parameters file that is fine."""
    return parameters({member: 60}, [researcher], executor)


def test_role_table_gives_every_power_to_the_timelock_and_the_deployer_nothing(commons, deployer):
    rows = {(row["contract"], row["power"]): row["holder"] for row in commons.record["roles"]}

    assert rows[("Timelock", "put an action into the queue")] == commons.addresses["CommonsGovernor"]
    assert rows[("Timelock", "execute an action that is due")] == "anyone"
    assert rows[("Timelock", "change the roles of the Timelock")] == commons.addresses["Timelock"]
    assert rows[("VoteToken", "mint votes")] == commons.addresses["Timelock"]
    assert rows[("ModelToken", "mint models")] == commons.addresses["JobBoard"]
    assert rows[("JobBoard", "hold a challenged job and end its dispute")] == commons.addresses["DisputeBook"]
    powers_of_deployer = {power for (_, power), holder in rows.items() if holder == deployer.address}
    assert powers_of_deployer == {"nothing: its one call is spent"}


def test_deployment_is_alive_on_its_own_chain_alone(commons, web3):
    record = commons.record

    assert is_alive(web3, record)
    assert not is_alive(web3, {**record, "chain_id": 1})
    assert not is_alive(web3, {**record, "genesis_hash": "0x" + "11" * 32})
    assert not is_alive(web3, {**record, "contracts": {"JobBoard": "0x" + "44" * 20}})


def test_deploy_works_again_beside_itself(commons, web3, deployer, raw):
    record = deploy(web3, parse_parameters(raw), deployer.private_key)

    assert is_alive(web3, record)
    assert not set(record["contracts"].values()) & set(commons.addresses.values())


def test_deploy_without_test_dollar_and_executor(web3, deployer, raw, commons):
    del raw["executor"], raw["test_dollars"]
    raw["stake_token"] = commons.addresses["TestDollar"]
    raw["allowed"]["payment_token"] = [commons.addresses["TestDollar"]]

    record = deploy(web3, parse_parameters(raw), deployer.private_key)

    assert "TestDollar" not in record["contracts"]


def test_deploy_gives_votes_to_the_treasury_by_name(web3, deployer, raw):
    raw["votes"].append({"holder": "Timelock", "amount": 40})

    record = deploy(web3, parse_parameters(raw), deployer.private_key)

    votes = container("VoteToken").at(record["contracts"]["VoteToken"])
    assert votes.balanceOf(record["contracts"]["Timelock"]) == 40


def test_deploy_refuses_to_give_the_deployer_votes(web3, deployer, raw):
    raw["votes"].append({"holder": deployer.address, "amount": 1})

    with pytest.raises(BadParameters, match="must hold none"):
        deploy(web3, parse_parameters(raw), deployer.private_key)


def test_role_table_names_a_proposer_that_was_added(commons, web3, timelock, stranger):
    commons.timelock.grantRole(commons.timelock.PROPOSER_ROLE(), stranger, sender=timelock)

    with pytest.raises(RoleMismatch, match="the Timelock's roles"):
        role_table(web3, commons.addresses, commons.record["deployer"], commons.record["start_block"])


def test_role_table_names_a_deployer_that_holds_votes(commons, web3, member, deployer):
    commons.vote_token.transfer(deployer, 1, sender=member)

    with pytest.raises(RoleMismatch, match="the deployer holds votes"):
        role_table(web3, commons.addresses, commons.record["deployer"], commons.record["start_block"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"surprise": 1}, "unknown entries: .'surprise'."),
        ({"votes": []}, "somebody must hold votes"),
        ({"votes": [{"holder": "0x12", "amount": 1}]}, "is not an address"),
        ({"votes": [{"holder": NOBODY, "amount": 1}]}, "is not an address"),
        ({"quorum_percent": 0}, "between 1 and 100"),
        ({"quorum_percent": 101}, "between 1 and 100"),
        ({"window_seconds": -1}, "not a whole number"),
        ({"window_seconds": 1.5}, "not a whole number"),
        ({"proposal_threshold": "much"}, "not a whole number"),
        ({"test_dollars": []}, "TestDollar is named but"),
        ({"allowed": {"payment_token": ["0x12"]}}, "is not an address"),
        ({"executor": {"address": NOBODY, "signing_key": "0x" + "11" * 32}}, "is not an address"),
        ({"executor": {"address": "0x" + "11" * 20, "signing_key": "0x11"}}, "has 32 bytes"),
        ({"executor": {"address": "0x" + "11" * 20, "signing_key": "key"}}, "not hexadecimal"),
    ],
)
def test_parameters_that_cannot_be_are_refused_by_name(raw, changes, message):
    with pytest.raises(BadParameters, match=message):
        parse_parameters({**raw, **changes})


def test_parameters_may_write_amounts_as_strings(raw):
    assert parse_parameters({**raw, "proposal_threshold": "1000000000000000000"}).proposal_threshold == 10**18
