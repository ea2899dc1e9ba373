"""ModelToken: minted by settlement alone, with royalties to parents."""

import ape
import pytest
from stage import ARTEFACT, METRICS, RUN_RECORD


@pytest.fixture
def job_board(commons, accounts):
    """JobBoard as a sender."""
    ape.networks.provider.set_balance(commons.addresses["JobBoard"], 10**18)
    return accounts[commons.addresses["JobBoard"]]


@pytest.fixture
def mint(commons, job_board):
    """Mints a model as JobBoard would; its number."""

    def mint_model(to, parents):
        commons.model_token.mintModel(to, 7, ARTEFACT, METRICS, RUN_RECORD, parents, sender=job_board)
        return commons.model_token.modelCount()

    return mint_model


def test_mint_model_by_job_board_binds_job_and_digests(commons, mint, researcher):
    parent_id = mint(researcher, [])

    model_id = mint(researcher, [parent_id])

    kept = commons.model_token.modelOf(model_id)
    assert commons.model_token.ownerOf(model_id) == researcher
    assert (kept.jobId, kept.artefactDigest, kept.metricsDigest) == (7, ARTEFACT, METRICS)
    assert (kept.runRecordDigest, kept.parents) == (RUN_RECORD, [parent_id])
    assert commons.model_token.tokenURI(model_id) == "ipfs://f01551220" + "a1" * 32


def test_mint_model_by_others_is_refused(commons, researcher, timelock, deployer):
    for outsider in (researcher, timelock, deployer):
        with ape.reverts(commons.model_token.NotJobBoard):
            commons.model_token.mintModel(researcher, 7, ARTEFACT, METRICS, RUN_RECORD, [], sender=outsider)


def test_mint_model_with_five_parents_is_refused(commons, mint, job_board, researcher):
    parents = [mint(researcher, []) for _ in range(5)]

    with ape.reverts(commons.model_token.TooManyParents):
        commons.model_token.mintModel(researcher, 7, ARTEFACT, METRICS, RUN_RECORD, parents, sender=job_board)


def test_mint_model_with_a_parent_that_does_not_exist_is_refused(commons, job_board, researcher):
    with ape.reverts(commons.model_token.ERC721NonexistentToken):
        commons.model_token.mintModel(researcher, 7, ARTEFACT, METRICS, RUN_RECORD, [10**6], sender=job_board)


def test_mint_model_to_a_contract_that_cannot_receive_works(commons, mint):
    model_id = mint(commons.addresses["DataMarket"], [])

    assert commons.model_token.ownerOf(model_id) == commons.addresses["DataMarket"]


def test_royalty_goes_to_the_first_parents_owner_and_is_a_tenth_at_most(commons, mint, researcher, stranger):
    parents = [mint(stranger, []), *(mint(researcher, []) for _ in range(3))]
    model_id = mint(researcher, parents)

    assert commons.model_token.royaltyInfo(model_id, 10_000) == (stranger, 1_000)
    receivers, amounts = commons.model_token.parentRoyalties(model_id, 10_000)
    assert receivers == [stranger, researcher, researcher, researcher]
    assert amounts == [250] * 4


def test_royalty_of_a_model_without_parents_is_nothing(commons, mint, researcher):
    assert commons.model_token.royaltyInfo(mint(researcher, []), 10_000) == ("0x" + "00" * 20, 0)


def test_royalty_follows_the_parent_to_its_new_owner(commons, mint, researcher, stranger):
    parent_id = mint(researcher, [])
    model_id = mint(researcher, [parent_id])

    commons.model_token.transferFrom(researcher, stranger, parent_id, sender=researcher)

    assert commons.model_token.transferCount(parent_id) == 1
    assert commons.model_token.royaltyInfo(model_id, 10_000) == (stranger, 250)


def test_transfer_by_stranger_is_refused(commons, mint, researcher, stranger):
    model_id = mint(researcher, [])

    with ape.reverts(commons.model_token.ERC721InsufficientApproval):
        commons.model_token.transferFrom(researcher, stranger, model_id, sender=stranger)


@pytest.mark.parametrize("view", ["modelOf", "tokenURI"])
def test_views_of_a_model_that_does_not_exist_are_refused(commons, view):
    with ape.reverts(commons.model_token.ERC721NonexistentToken):
        getattr(commons.model_token, view)(10**6)


@pytest.mark.parametrize("interface", ["0x80ac58cd", "0x2a55205a", "0x01ffc9a7"])
def test_model_token_says_which_standards_it_keeps(commons, interface):
    assert commons.model_token.supportsInterface(interface)
    assert not commons.model_token.supportsInterface("0xffffffff")
