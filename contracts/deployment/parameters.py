"""What a deployment starts with, read from a parameters file and checked before anything is sent."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_utils import is_address, to_checksum_address

TEST_DOLLAR = "TestDollar"
TIMELOCK = "Timelock"
MAX_NAME_BYTES = 32


class BadParameters(Exception):
    """The parameters file does not say what a deployment needs; the message names the entry."""


@dataclass(frozen=True)
class Holding:
    """A first holder: an address, or "Timelock" for the treasury."""

    holder: str
    amount: int


@dataclass(frozen=True)
class FirstExecutor:
    address: str
    signing_key: bytes
    age_recipient: str


@dataclass(frozen=True)
class Parameters:
    """A checked parameters file; `raw` is the file itself, for the deployment record.

    votes: in units of 1e-18 vote. test_dollars: in units of 1e-6 dollar; empty deploys no TestDollar.
    values: ParameterBook's numbers by key. allowed: its items by kind, in words.
    dispute_bond, dispute_slash: what a challenge puts up and a lost one takes at most, in stake units.
    payment tokens and stake_token are addresses or "TestDollar".
    """

    votes: tuple[Holding, ...]
    test_dollars: tuple[Holding, ...]
    voting_delay_seconds: int
    voting_period_seconds: int
    late_quorum_extension_seconds: int
    timelock_delay_seconds: int
    proposal_threshold: int
    quorum_percent: int
    window_seconds: int
    dispute_bond: int
    dispute_slash: int
    attest_seconds: int
    values: dict[str, int]
    allowed: dict[str, tuple[str, ...]]
    stake_token: str
    executor: FirstExecutor | None
    raw: dict[str, Any]


INTEGERS = (
    "voting_delay_seconds",
    "voting_period_seconds",
    "late_quorum_extension_seconds",
    "timelock_delay_seconds",
    "proposal_threshold",
    "quorum_percent",
    "window_seconds",
    "dispute_bond",
    "dispute_slash",
    "attest_seconds",
)
KEYS = {*INTEGERS, "votes", "test_dollars", "values", "allowed", "executor", "stake_token"}
OPTIONAL_KEYS = {"test_dollars", "executor", "stake_token"}


def read_parameters(path: Path) -> Parameters:
    """The checked contents of a parameters file.

    Raises BadParameters where an entry is missing, unknown or cannot be.
    """
    try:
        raw = json.loads(path.read_text())
    except FileNotFoundError as error:
        raise BadParameters(f"there is no file {path}") from error
    except json.JSONDecodeError as error:
        raise BadParameters(f"{path} is not JSON: {error}") from error
    return parse_parameters(raw)


def parse_parameters(raw: dict[str, Any]) -> Parameters:
    """As `read_parameters`, from the file's contents."""
    unknown = sorted(set(raw) - KEYS)
    missing = sorted(KEYS - OPTIONAL_KEYS - set(raw))
    if unknown or missing:
        raise BadParameters(f"unknown entries: {unknown}; missing entries: {missing}")
    integers = {key: _integer(raw[key], key) for key in INTEGERS}
    if not 0 < integers["quorum_percent"] <= 100:
        raise BadParameters("quorum_percent: between 1 and 100")
    test_dollars = _holdings(raw.get("test_dollars", []), "test_dollars")
    allowed = {kind: tuple(items) for kind, items in raw["allowed"].items()}
    stake_token = raw.get("stake_token", TEST_DOLLAR)
    for token in (*allowed.get("payment_token", ()), stake_token):
        _check_token(token, has_test_dollar=bool(test_dollars))
    votes = _holdings(raw["votes"], "votes")
    if not votes:
        raise BadParameters("votes: somebody must hold votes, or nothing can ever be decided")
    return Parameters(
        **integers,
        votes=votes,
        test_dollars=test_dollars,
        values={name: _integer(number, name) for name, number in raw["values"].items()},
        allowed=allowed,
        stake_token=stake_token,
        executor=_executor(raw.get("executor")),
        raw=raw,
    )


def short_name(text: str) -> bytes:
    """Short ASCII as bytes32, left-aligned: b"qsvm" and 28 zero bytes."""
    encoded = text.encode("ascii")
    if not 0 < len(encoded) <= MAX_NAME_BYTES:
        raise BadParameters(f"{text!r} is not a name of 1 to 32 ASCII characters")
    return encoded.ljust(MAX_NAME_BYTES, b"\0")


def _integer(entry: Any, key: str) -> int:
    """Amounts may be written as strings, since JSON readers elsewhere round large numbers."""
    try:
        number = int(entry)
    except (TypeError, ValueError) as error:
        raise BadParameters(f"{key}: {entry!r} is not a whole number") from error
    if number < 0 or isinstance(entry, float):
        raise BadParameters(f"{key}: {entry!r} is not a whole number from 0 up")
    return number


def _address(entry: Any, key: str) -> str:
    if not is_address(entry) or int(entry, 16) == 0:
        raise BadParameters(f"{key}: {entry!r} is not an address")
    return str(to_checksum_address(entry))


def _holdings(entries: list[dict[str, Any]], key: str) -> tuple[Holding, ...]:
    return tuple(Holding(_holder(entry["holder"], key), _integer(entry["amount"], key)) for entry in entries)


def _holder(entry: Any, key: str) -> str:
    return TIMELOCK if entry == TIMELOCK else _address(entry, key)


def _check_token(token: str, *, has_test_dollar: bool) -> None:
    if token == TEST_DOLLAR:
        if not has_test_dollar:
            raise BadParameters("TestDollar is named but test_dollars gives nobody any")
        return
    _address(token, "payment_token or stake_token")


def _executor(entry: dict[str, Any] | None) -> FirstExecutor | None:
    if not entry:
        return None
    try:
        signing_key = bytes.fromhex(entry["signing_key"].removeprefix("0x"))
    except ValueError as error:
        raise BadParameters("executor.signing_key: not hexadecimal") from error
    if len(signing_key) != 32 or not any(signing_key):
        raise BadParameters("executor.signing_key: an ed25519 public key has 32 bytes")
    return FirstExecutor(
        _address(entry["address"], "executor.address"), signing_key, entry.get("age_recipient", "")
    )
