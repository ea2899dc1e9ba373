"""The embedded chain over many starts: the same while the contracts are the same, else a fresh one."""

import json
import shutil
from pathlib import Path

from config.stack import anvil, jsonrpc
from config.stack.chain_state import mend_state
from config.stack.contracts import contracts_digest
from config.stack.endpoints import read_json
from config.stack.errors import StackError
from config.stack.keys import VERIFIERS
from config.stack.layout import Layout
from config.stack.ports import choose_port, is_free

FIRST_PORT = 8545
ETHER = 10**18
# What the stack's own wallets hold on a local chain; the faucet hands its ether on to newcomers.
BALANCES = {
    "deployer": 100 * ETHER,
    "executor": 1_000 * ETHER,
    "faucet": 100_000 * ETHER,
    "relayer": 10 * ETHER,
    "demo-member": 100 * ETHER,
    **dict.fromkeys(VERIFIERS, 10 * ETHER),
}


def state_file(layout: Layout) -> Path:
    """What Anvil saves every minute and at its end."""
    return layout.chain_dir / "state.json"


def past_states(layout: Layout) -> Path:
    """Where a node keeps on disk what no longer fits its memory: of use to that very node alone."""
    return layout.chain_dir / "cache"


def make_ready(layout: Layout) -> None:
    """Before each start of the node, also anew after a kill."""
    mend_state(state_file(layout))
    shutil.rmtree(past_states(layout), ignore_errors=True)


def _identity_file(layout: Layout) -> Path:
    return layout.chain_dir / "identity.json"


def take_port(layout: Layout) -> tuple[int, str | None]:
    """The port of the last start or the next free one, then remembered, and what to tell about it."""
    memory = layout.chain_dir / "port"
    try:
        wanted = int(memory.read_text())
    except (OSError, ValueError):
        wanted = FIRST_PORT
    if is_free(wanted):
        memory.write_text(str(wanted))
        return wanted, None
    port = choose_port(FIRST_PORT, "the chain")
    memory.write_text(str(port))
    return (
        port,
        f"port {wanted} is in use by another program, so the chain listens on {port}; wallets must know",
    )


def prepare_state(layout: Layout) -> str | None:
    """Sets aside a chain that no longer fits the contracts or was never finished; text for the person."""
    deployment = layout.deployment_file(anvil.CHAIN_ID)
    told = mend_state(state_file(layout))
    if not state_file(layout).exists():
        set_aside(layout)
        return told
    known = read_json(_identity_file(layout)).get("contracts_digest")
    if known is None or not deployment.exists():
        set_aside(layout)
        return "the last start ended before the contracts stood; a fresh chain starts"
    if known != contracts_digest(layout):
        kept = set_aside(layout)
        return (
            f"the contracts or their parameters changed: a fresh chain starts, the old one is kept in {kept}"
        )
    return told


def set_aside(layout: Layout) -> Path:
    """Moves chain and deployment out of the way; only the last set is kept."""
    kept = layout.chain_dir / "previous"
    found = [
        state_file(layout),
        state_file(layout).with_suffix(".last.json"),
        _identity_file(layout),
        layout.deployment_file(anvil.CHAIN_ID),
    ]
    if any(file.exists() for file in found):
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir()
    for file in found:
        if file.exists():
            file.rename(kept / file.name)
    return kept


def remember_identity(layout: Layout, genesis_hash: str) -> None:
    """Notes which contracts this chain carries; written when the deployment stands."""
    file = _identity_file(layout)
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps({"contracts_digest": contracts_digest(layout), "genesis_hash": genesis_hash}))
    draft.replace(file)


def stands(rpc_url: str, deployment: Path) -> bool:
    """True when the deployment's chain is this one and every contract has its code there."""
    written = read_json(deployment)
    contracts = written.get("contracts")
    if not isinstance(contracts, dict) or not contracts:
        return False
    if written.get("genesis_hash") not in {None, "", anvil.genesis_hash(rpc_url)}:
        return False
    codes = (jsonrpc.call(rpc_url, "eth_getCode", address, "latest") for address in contracts.values())
    return all(code not in {"0x", "", None} for code in codes)


def fund(rpc_url: str, addresses: dict[str, str]) -> None:
    """Gives the stack's wallets their ether; works on development chains alone."""
    for name, address in addresses.items():
        try:
            jsonrpc.call(rpc_url, "anvil_setBalance", address, hex(BALANCES[name]))
        except jsonrpc.NodeRefused as error:
            raise StackError(f"the chain does not let us fund the wallet {name}: {error}") from error
