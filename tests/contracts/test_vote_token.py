"""VoteToken: votes, made by the DAO alone."""

import ape
import pytest
from ape.exceptions import ContractLogicError
from commons import VOTES
from deployment.artefacts import container
from eth_utils import keccak

LENGTH_MISMATCH = keccak(text="LengthMismatch(uint256,uint256)")[:4].hex()


def test_deployment_gives_votes_to_its_first_holders(commons, member, researcher, deployer):
    votes = commons.vote_token

    assert (votes.balanceOf(member), votes.balanceOf(researcher)) == (60_000 * VOTES, 40_000 * VOTES)
    assert votes.totalSupply() == 100_000 * VOTES
    assert votes.balanceOf(deployer) == 0
    assert votes.CLOCK_MODE() == "mode=timestamp"


def test_mint_by_timelock_makes_votes(commons, timelock, stranger):
    commons.vote_token.mint(stranger, 5 * VOTES, sender=timelock)

    assert commons.vote_token.balanceOf(stranger) == 5 * VOTES


def test_mint_by_others_is_refused(commons, deployer, member, stranger):
    for outsider in (deployer, member, stranger):
        with ape.reverts(commons.vote_token.NotTimelock):
            commons.vote_token.mint(outsider, 1, sender=outsider)


def test_votes_count_from_delegation_on(commons, stage, member):
    before = commons.vote_token.getVotes(member)
    commons.vote_token.invoke_transaction("delegate", member, sender=member)

    assert (before, commons.vote_token.getVotes(member)) == (0, 60_000 * VOTES)


def test_votes_of_the_past_do_not_change(commons, stage, member, stranger):
    commons.vote_token.invoke_transaction("delegate", member, sender=member)
    delegated_at = stage.chain.blocks.head.timestamp
    stage.wait(10)
    commons.vote_token.transfer(stranger, 60_000 * VOTES, sender=member)

    assert commons.vote_token.getVotes(member) == 0
    assert commons.vote_token.getPastVotes(member, delegated_at) == 60_000 * VOTES


@pytest.mark.parametrize("name", ["VoteToken", "TestDollar"])
def test_deployment_with_holders_and_amounts_that_do_not_pair_up_is_refused(commons, deployer, member, name):
    arguments = ([member], [1, 2])
    if name == "VoteToken":
        arguments = (commons.addresses["Timelock"], *arguments)

    with pytest.raises(ContractLogicError, match="0x" + LENGTH_MISMATCH):
        deployer.deploy(container(name), *arguments)


def test_test_dollar_has_six_decimals_and_nobody_who_mints(commons):
    assert commons.test_dollar.decimals() == 6
    assert not hasattr(commons.test_dollar, "mint")
