"""What the sender's tests share: payments in TestDollar as intentions, and a sender that can be killed."""

from chain.abi import Call
from chain.bindings import test_dollar
from chain.client import ChainClient
from chain.models import OutboxEntry
from chain.outbox import enqueue
from chain.sender.loop import Sender, no_failpoint
from chain.sender.options import SendOptions
from chain.signer import Signer

SELLER = "0x1111111111111111111111111111111111111111"
QUICK = SendOptions(confirmations=2, poll_seconds=0.02, longest_wait_seconds=0.2)
State = OutboxEntry.State


def want_payment(key: str, dollars, value: int = 1, sender: str = "executor") -> OutboxEntry:
    payload = {"token": dollars.dollar, "value": value}
    return enqueue(key=key, kind="pay", sender=sender, payload=payload)


def build_pay(entry: OutboxEntry, signer: Signer) -> Call:
    return test_dollar.TRANSFER.call(entry.payload["token"], to=SELLER, value=entry.payload["value"])


def sender_of(
    dollars, executor, *, build=build_pay, failpoint=no_failpoint, options=QUICK, **further
) -> Sender:
    return Sender(
        client=ChainClient(dollars.node.rpc_url, dollars.node.chain_id),
        signer_of=lambda name: executor,
        builder_of=lambda kind: build,
        options=options,
        failpoint=failpoint,
        **further,
    )


def mine(dollars, blocks: int = 1) -> None:
    dollars.node.rpc("anvil_mine", hex(blocks))


def held_back(dollars) -> None:
    """From now on blocks come only when the test mines them."""
    dollars.node.rpc("evm_setAutomine", False)


def state_of(key: str) -> str:
    return OutboxEntry.objects.get(key=key).state


def seller_has(dollars) -> int:
    return dollars.client.read(dollars.dollar, test_dollar.BALANCE_OF, account=SELLER)
