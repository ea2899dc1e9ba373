"""What is deployed in which order with which arguments; it follows from parameters and nonces alone."""

from dataclasses import dataclass
from typing import Any

import rlp
from eth_utils import keccak, to_canonical_address, to_checksum_address

from .parameters import TEST_DOLLAR, TIMELOCK, Holding, Parameters, short_name

NOBODY = "0x" + "00" * 20

# The Governor's address is an argument of the Timelock before it; all addresses follow from nonces, so no
# order is forced, and the Timelock comes first because everything else names it.
ORDER = (
    "Timelock",
    "VoteToken",
    "CommonsGovernor",
    "ParameterBook",
    "DatasetToken",
    "ModelToken",
    "AccessPass",
    "ExecutorRegistry",
    "DataMarket",
    "JobBoard",
    "DisputeBook",
    TEST_DOLLAR,
)


@dataclass(frozen=True)
class Step:
    """One contract to deploy: where it will be, and its constructor's arguments."""

    name: str
    address: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Wiring:
    """One `wire` call of the deployer."""

    name: str
    arguments: tuple[str, ...]


def created_address(deployer: str, nonce: int) -> str:
    """Where a contract lands that `deployer` creates with this nonce."""
    created = keccak(rlp.encode([to_canonical_address(deployer), nonce]))[12:]
    return str(to_checksum_address(created))


def plan_deployment(parameters: Parameters, deployer: str, first_nonce: int) -> list[Step]:
    """The steps in order; the i-th must be sent with nonce `first_nonce + i`."""
    names = [name for name in ORDER if name != TEST_DOLLAR or parameters.test_dollars]
    addresses = {name: created_address(deployer, first_nonce + i) for i, name in enumerate(names)}
    arguments = _constructor_arguments(parameters, addresses)
    return [Step(name, addresses[name], arguments[name]) for name in names]


def plan_wiring(addresses: dict[str, str]) -> list[Wiring]:
    """The deployer's one call a contract."""
    return [
        Wiring("ModelToken", (addresses["JobBoard"],)),
        Wiring("AccessPass", (addresses["DataMarket"], addresses["JobBoard"])),
        Wiring("ExecutorRegistry", (addresses["DisputeBook"],)),
        Wiring("JobBoard", (addresses["DisputeBook"],)),
    ]


def _constructor_arguments(parameters: Parameters, addresses: dict[str, str]) -> dict[str, tuple[Any, ...]]:
    timelock = addresses["Timelock"]
    dataset_token, model_token = addresses["DatasetToken"], addresses["ModelToken"]
    access_pass, parameter_book = addresses["AccessPass"], addresses["ParameterBook"]
    return {
        "Timelock": (parameters.timelock_delay_seconds, addresses["CommonsGovernor"]),
        "VoteToken": (timelock, *_holders_and_amounts(parameters.votes, timelock)),
        "CommonsGovernor": (
            addresses["VoteToken"],
            timelock,
            parameters.voting_delay_seconds,
            parameters.voting_period_seconds,
            parameters.proposal_threshold,
            parameters.quorum_percent,
            parameters.late_quorum_extension_seconds,
        ),
        "ParameterBook": (timelock, *_parameter_book_contents(parameters, addresses)),
        "DatasetToken": (timelock,),
        "ModelToken": (timelock,),
        "AccessPass": (timelock, dataset_token, model_token),
        "ExecutorRegistry": (timelock, *_registry_contents(parameters, addresses)),
        "DataMarket": (timelock, dataset_token, model_token, access_pass, parameter_book),
        "JobBoard": (
            timelock,
            dataset_token,
            access_pass,
            model_token,
            addresses["ExecutorRegistry"],
            parameter_book,
            parameters.window_seconds,
        ),
        "DisputeBook": (
            timelock,
            addresses["JobBoard"],
            addresses["ExecutorRegistry"],
            _token_address(parameters.stake_token, addresses),
            parameters.dispute_bond,
            parameters.dispute_slash,
            parameters.attest_seconds,
        ),
        TEST_DOLLAR: _holders_and_amounts(parameters.test_dollars, timelock),
    }


def _holders_and_amounts(holdings: tuple[Holding, ...], timelock: str) -> tuple[list[str], list[int]]:
    holders = [timelock if holding.holder == TIMELOCK else holding.holder for holding in holdings]
    return holders, [holding.amount for holding in holdings]


def _parameter_book_contents(parameters: Parameters, addresses: dict[str, str]) -> tuple[list[Any], ...]:
    kinds, items = [], []
    for kind, names in parameters.allowed.items():
        for name in names:
            kinds.append(short_name(kind))
            items.append(_token_item(name, addresses) if kind == "payment_token" else short_name(name))
    keys = [short_name(key) for key in parameters.values]
    return keys, list(parameters.values.values()), kinds, items


def _registry_contents(parameters: Parameters, addresses: dict[str, str]) -> tuple[Any, ...]:
    stake_token = _token_address(parameters.stake_token, addresses)
    if parameters.executor is None:
        return stake_token, NOBODY, bytes(32), b""
    executor = parameters.executor
    return stake_token, executor.address, executor.signing_key, executor.age_recipient.encode()


def _token_address(token: str, addresses: dict[str, str]) -> str:
    return addresses[TEST_DOLLAR] if token == TEST_DOLLAR else token


def _token_item(token: str, addresses: dict[str, str]) -> bytes:
    return to_canonical_address(_token_address(token, addresses)).rjust(32, b"\0")
