"""Who lives on a local chain from its first minute: verifiers, and an executor with something to lose.

On any other chain members admit verifiers by vote. Here the node is ours and lets us speak for the Timelock
once: a newcomer's challenge then ends by itself.
"""

from pathlib import Path

from chain.abi import Call
from chain.bindings import erc20, executor_registry
from chain.deployments import read_deployment
from config.stack import jsonrpc
from config.stack.errors import StackError
from config.stack.keys import VERIFIERS, StackKeys
from config.stack.parameters import EXECUTOR_STAKE

GAS_MONEY = hex(10**18)
SUCCEEDED = "0x1"


def settle_actors(rpc_url: str, deployment_file: Path, keys: StackKeys) -> None:
    """Admits this stack's verifiers and puts up its executor's stake; works on development chains alone."""
    deployment = read_deployment(deployment_file)
    registry, timelock = deployment.address_of("ExecutorRegistry"), deployment.address_of("Timelock")
    dollar, executor = deployment.address_of("TestDollar"), keys.addresses["executor"]
    try:
        jsonrpc.call(rpc_url, "anvil_setBalance", timelock, GAS_MONEY)
        for name in VERIFIERS:
            admit = executor_registry.ADMIT.call(
                registry,
                executor=keys.addresses[name],
                is_verifier=True,
                signing_key=keys.verifier_signing_key,
                age_recipient=keys.verifier_recipient.encode(),
            )
            _send(rpc_url, timelock, admit)
        jsonrpc.call(rpc_url, "anvil_setBalance", timelock, "0x0")
        _send(rpc_url, executor, erc20.APPROVE.call(dollar, spender=registry, value=EXECUTOR_STAKE))
        _send(rpc_url, executor, executor_registry.STAKE.call(registry, amount=EXECUTOR_STAKE))
    except jsonrpc.NodeRefused as error:
        raise StackError(f"the chain does not let us settle its verifiers: {error}") from error


def _send(rpc_url: str, sender: str, call: Call) -> None:
    """One mined transaction in somebody's name; raises NodeRefused where it reverts."""
    jsonrpc.call(rpc_url, "anvil_impersonateAccount", sender)
    asked = {"from": sender, "to": call.to, "data": call.data_hex}
    tx_hash = jsonrpc.call(rpc_url, "eth_sendTransaction", asked)
    jsonrpc.call(rpc_url, "anvil_mine", "0x1")
    jsonrpc.call(rpc_url, "anvil_stopImpersonatingAccount", sender)
    receipt = jsonrpc.call(rpc_url, "eth_getTransactionReceipt", tx_hash)
    if receipt is None or receipt["status"] != SUCCEEDED:
        raise jsonrpc.NodeRefused(f"a transaction of {sender} to {call.to} was not carried out")
