"""The same deployed commons as the jobs' tests, on a node of this folder's own, with a relayer."""

import pytest
from django.conf import settings

from chain.abi import short_name
from chain.accounts import LocalWallet
from chain.bindings import parameter_book
from tests.integration.qjobs.conftest import deployment_file, jobs_node, own_parts, people, stage

__all__ = ["deployment_file", "jobs_node", "own_parts", "people", "stage"]


@pytest.fixture
def relayer(stage) -> LocalWallet:
    """The wallet that carries signed votes, with ETH for gas."""
    wallet = LocalWallet.create()
    key = settings.KEYS_DIR / "relayer.key"
    key.write_text(wallet.private_key)
    key.chmod(0o600)
    stage.node.rpc("anvil_setBalance", wallet.address, hex(10**18))
    return wallet


@pytest.fixture
def open_vote(stage) -> int:
    """A proposal that members vote on now."""
    stage.delegate_votes()
    call = parameter_book.SET_VALUE.call(
        stage.at("ParameterBook"), key=short_name("market_fee_bps"), value=300
    )
    number = stage.propose(stage.proposal_of([call], "# Raise the market fee\n\nTo pay for storage."))
    stage.pass_time(5)
    stage.follow()
    return number
