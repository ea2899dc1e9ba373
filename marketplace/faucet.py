"""The calls of the local faucet, built in the sender's process: each gift once a wallet."""

from chain.abi import Call
from chain.bindings import test_dollar, vote_token
from chain.client import client
from chain.deployments import address_of
from chain.models import OutboxEntry
from chain.signer import Signer
from marketplace.errors import FaucetEmpty

SENDER = "faucet"
ETHER_WEI = 10 * 10**18
DOLLAR_UNITS = 10_000 * 10**6
VOTES_PERCENT = 5
# What a gift's own gas may cost at most.
RESERVE_WEI = 10**17


def build_eth(entry: OutboxEntry, signer: Signer) -> Call:
    """10 ETH to the wallet; raises FaucetEmpty."""
    if client().balance(signer.address) < ETHER_WEI + RESERVE_WEI:
        raise FaucetEmpty("the faucet is empty: it has less than 10 ETH left")
    return Call(to=entry.payload["address"], data=b"", value=ETHER_WEI)


def build_dollars(entry: OutboxEntry, signer: Signer) -> Call:
    """10,000 TestDollar to the wallet; raises FaucetEmpty."""
    token = address_of("TestDollar")
    if client().read(token, test_dollar.BALANCE_OF, account=signer.address) < DOLLAR_UNITS:
        raise FaucetEmpty("the faucet is empty: it has less than 10,000 TUSD left")
    return test_dollar.TRANSFER.call(token, to=entry.payload["address"], value=DOLLAR_UNITS)


def build_votes(entry: OutboxEntry, signer: Signer) -> Call:
    """5 % of all votes to the wallet; raises FaucetEmpty."""
    node, token = client(), address_of("VoteToken")
    amount = node.read(token, vote_token.TOTAL_SUPPLY) * VOTES_PERCENT // 100
    if node.read(token, vote_token.BALANCE_OF, account=signer.address) < amount:
        raise FaucetEmpty(f"the faucet is empty: it has less than {VOTES_PERCENT} % of the votes left")
    return vote_token.TRANSFER.call(token, to=entry.payload["address"], value=amount)
