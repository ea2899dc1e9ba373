import time
import pytest
from chain.abi import Call
from chain.bindings import test_dollar
from chain.indexer.loop import catch_up
from chain.indexer.options import FollowOptions
from chain.models import ChainEvent
from chain.indexer.ledger import Ledger
from chain.transport import JsonRpc
from tests.integration.chain.conftest import *  # noqa
from tests.integration.chain.conftest import follower_of, balances
from chain.projections import Projections

N = 5000

@pytest.mark.parametrize("mode", ["toy dense", "toy sparse", "none dense"])
def test_speed(dollars, toy, mode, capsys):
    node = dollars.node
    node.rpc("evm_setAutomine", False)
    node.rpc("anvil_autoImpersonateAccount", True)
    rpc = JsonRpc(node.rpc_url)
    nonce = dollars.client.transaction_count(dollars.holder.address)
    for start in range(0, N, 250):
        rpc.batch([("eth_sendTransaction", ({"from": dollars.holder.address, "to": dollars.dollar, "gas": hex(80000), "nonce": hex(nonce + i),
                    "data": test_dollar.TRANSFER.call(dollars.dollar, to=f"0x{1 + i % 97:040x}", value=1).data_hex},)) for i in range(start, start + 250)])
        node.rpc("evm_mine")
    node.rpc("anvil_mine", hex(5 if "dense" in mode else 1200))
    opts = FollowOptions()
    if mode.startswith("none"):
        toy.projections = lambda: Projections()
    f = follower_of(dollars.client, toy, deployment=dollars.deployment, options=opts)
    t = time.monotonic()
    catch_up(f)
    s = time.monotonic() - t
    n = ChainEvent.objects.count()
    with capsys.disabled():
        print(f"\n{mode}: {n} events, head {dollars.client.head_number()}, {s:.2f}s, {n/s:.0f} events/s")
        t = time.monotonic()
        Ledger(toy.projections(), history_blocks=512).replay()
        s = time.monotonic() - t
        print(f"replay {n/s:.0f} events/s")
        if mode == "toy dense":
            node.rpc("anvil_reorg", 20, [])
            t = time.monotonic(); catch_up(f); s = time.monotonic() - t
            print(f"reorg of 20 blocks, {n-ChainEvent.objects.count()} events undone in {s:.2f}s")
