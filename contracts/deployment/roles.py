"""Who holds which power, read back from the chain and checked against what the design says."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from ape.contracts import ContractInstance
from eth_utils import keccak, to_checksum_address
from web3 import Web3

from .plan import NOBODY

ANYONE = "anyone"
TIMELOCK_ROLES = ("DEFAULT_ADMIN_ROLE", "PROPOSER_ROLE", "CANCELLER_ROLE", "EXECUTOR_ROLE")
POWER_OF_ROLE = {
    "DEFAULT_ADMIN_ROLE": "change the roles of the Timelock",
    "PROPOSER_ROLE": "put an action into the queue",
    "CANCELLER_ROLE": "take an action out of the queue",
    "EXECUTOR_ROLE": "execute an action that is due",
}
TIMELOCK_POWERS = (
    ("VoteToken", "mint votes"),
    ("ParameterBook", "set values, allow-lists, documents and the guardian"),
    ("ExecutorRegistry", "admit and remove executors, slash stakes"),
    ("JobBoard", "approve jobs; is credited with treasury fees"),
    ("DataMarket", "delist; is credited with treasury fees"),
    ("DatasetToken", "none"),
    ("ModelToken", "none"),
    ("AccessPass", "none"),
    ("DisputeBook", "none"),
)
WIRED = ("ModelToken", "AccessPass", "ExecutorRegistry", "JobBoard")
REFERENCES = (
    ("ModelToken", "jobBoard", "JobBoard", "mint models"),
    ("AccessPass", "dataMarket", "DataMarket", "issue bought passes"),
    ("AccessPass", "jobBoard", "JobBoard", "reserve and release uses"),
    ("ExecutorRegistry", "dispute_book", "DisputeBook", "slash the stake of an executor that lost a dispute"),
    ("JobBoard", "dispute_book", "DisputeBook", "hold a challenged job and end its dispute"),
    ("DisputeBook", "job_board", "JobBoard", ""),
    ("DisputeBook", "executor_registry", "ExecutorRegistry", ""),
    ("DisputeBook", "parameter_book", "ParameterBook", ""),
)

Contract = Callable[[str], ContractInstance]


class RoleMismatch(Exception):
    """A power on the chain is not where the design puts it."""


@dataclass(frozen=True)
class Role:
    holder: str
    power: str
    contract: str


def read_role_table(
    web3: Web3, contract: Contract, addresses: dict[str, str], deployer: str, start_block: int
) -> list[dict[str, str]]:
    """The role table, as rows of holder, power and contract.

    Raises RoleMismatch when the deployer keeps a power, or a power is not where it should be.
    """
    rows = [
        *_timelock_roles(web3, contract, addresses, start_block),
        *_governor_roles(contract, addresses),
        *_timelock_powers(contract, addresses),
        *_references(contract, addresses),
        *_deployer_rows(contract, addresses, deployer),
    ]
    return [asdict(row) for row in rows]


def _timelock_roles(
    web3: Web3, contract: Contract, addresses: dict[str, str], start_block: int
) -> list[Role]:
    """Every holder of every role of the Timelock, from its events, so that no extra one can hide."""
    timelock = contract("Timelock")
    names = {bytes(32): "DEFAULT_ADMIN_ROLE", **{keccak(text=name): name for name in TIMELOCK_ROLES[1:]}}
    held: set[tuple[str, str]] = set()
    logs = web3.eth.get_logs(
        {"address": addresses["Timelock"], "fromBlock": start_block, "topics": [_either_role_topic()]}
    )
    for log in logs:
        entry = (names[bytes(log["topics"][1])], to_checksum_address(bytes(log["topics"][2])[12:]))
        granted = bytes(log["topics"][0]) == keccak(text="RoleGranted(bytes32,address,address)")
        held = held | {entry} if granted else held - {entry}
    governor = addresses["CommonsGovernor"]
    expected = {
        ("DEFAULT_ADMIN_ROLE", addresses["Timelock"]),
        ("PROPOSER_ROLE", governor),
        ("CANCELLER_ROLE", governor),
        ("EXECUTOR_ROLE", NOBODY),
    }
    _require(held == expected, f"the Timelock's roles are {sorted(held)}, not {sorted(expected)}")
    for role, holder in held:
        identifier = bytes(32) if role == "DEFAULT_ADMIN_ROLE" else keccak(text=role)
        _require(timelock.hasRole(identifier, holder), f"{holder} does not hold {role}")
    return [
        Role(ANYONE if holder == NOBODY else holder, POWER_OF_ROLE[role], "Timelock")
        for role, holder in sorted(held, key=lambda entry: TIMELOCK_ROLES.index(entry[0]))
    ]


def _either_role_topic() -> list[str]:
    signatures = ("RoleGranted(bytes32,address,address)", "RoleRevoked(bytes32,address,address)")
    return ["0x" + keccak(text=signature).hex() for signature in signatures]


def _governor_roles(contract: Contract, addresses: dict[str, str]) -> list[Role]:
    governor = contract("CommonsGovernor")
    _require(governor.timelock() == addresses["Timelock"], "the Governor acts through another Timelock")
    _require(governor.token() == addresses["VoteToken"], "the Governor counts another token")
    return [Role(addresses["Timelock"], "change voting settings", "CommonsGovernor")]


def _timelock_powers(contract: Contract, addresses: dict[str, str]) -> list[Role]:
    for name, _ in TIMELOCK_POWERS:
        _require(contract(name).timelock() == addresses["Timelock"], f"{name} names another Timelock")
    return [Role(addresses["Timelock"], power, name) for name, power in TIMELOCK_POWERS if power != "none"]


def _references(contract: Contract, addresses: dict[str, str]) -> list[Role]:
    for name, view, target, _ in REFERENCES:
        _require(getattr(contract(name), view)() == addresses[target], f"{name} does not name {target}")
    return [Role(addresses[target], power, name) for name, _, target, power in REFERENCES if power]


def _deployer_rows(contract: Contract, addresses: dict[str, str], deployer: str) -> list[Role]:
    for name in WIRED:
        _require(contract(name).wired(), f"{name} is not wired: the deployer keeps a power")
    votes = contract("VoteToken")
    _require(votes.balanceOf(deployer) == 0 and votes.getVotes(deployer) == 0, "the deployer holds votes")
    return [Role(deployer, "nothing: its one call is spent", name) for name in WIRED]


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise RoleMismatch(otherwise)
