"""Transactions that the server prepares and a person's wallet signs: calldata with its meaning in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NotRequired

from typing_extensions import TypedDict

from chain.abi import Call, Function
from chain.deployments import Deployment, current
from common.api_types import Address, ChainId, Hex, Units


class DetailAnswer(TypedDict):
    """A line that a person reads before the wallet opens; `exact` stands behind a rounded value."""

    label: str
    value: str
    exact: NotRequired[str]


class TransactionAnswer(TypedDict):
    """A call for the caller's wallet to sign and send: this site can do neither."""

    chain_id: ChainId
    to: Address
    data: Hex
    value: Units
    summary: str
    details: list[DetailAnswer]


@dataclass(frozen=True)
class Detail:
    """One line that a person reads before the wallet opens; `exact` stands behind a rounded value."""

    label: str
    value: str
    exact: str = ""

    def as_json(self) -> DetailAnswer:
        plain: DetailAnswer = {"label": self.label, "value": self.value}
        return {**plain, "exact": self.exact} if self.exact else plain


@dataclass(frozen=True)
class PreparedTransaction:
    """What the wallet is asked to sign, and what the page says about it."""

    chain_id: int
    to: str
    data: str
    value: int
    summary: str
    details: tuple[Detail, ...] = ()

    @property
    def call(self) -> Call:
        return Call(to=self.to, data=bytes.fromhex(self.data.removeprefix("0x")), value=self.value)

    def as_json(self) -> TransactionAnswer:
        """The form of the API: numbers as decimal strings, so that JavaScript loses none."""
        return {
            "chain_id": str(self.chain_id),
            "to": self.to,
            "data": self.data,
            "value": str(self.value),
            "summary": self.summary,
            "details": [detail.as_json() for detail in self.details],
        }


def prepare(
    contract: str,
    function: Function,
    /,
    *,
    summary: str,
    details: Mapping[str, Any] | Sequence[tuple[str, Any] | Detail] = (),
    deployment: Deployment | None = None,
    **args: Any,
) -> PreparedTransaction:
    """A call of one of our contracts, ready for a wallet; `details` are lines or pairs, in order."""
    deployment = deployment or current()
    call = function.call(deployment.address_of(contract), **args)
    return prepare_call(call, summary=summary, details=details, chain_id=deployment.chain_id)


def prepare_call(
    call: Call,
    *,
    summary: str,
    chain_id: int,
    details: Mapping[str, Any] | Sequence[tuple[str, Any] | Detail] = (),
) -> PreparedTransaction:
    """Any call, ready for a wallet."""
    pairs = details.items() if isinstance(details, Mapping) else details
    return PreparedTransaction(
        chain_id=chain_id,
        to=call.to,
        data=call.data_hex,
        value=call.value,
        summary=summary,
        details=tuple(_detail(pair) for pair in pairs),
    )


def _detail(pair: tuple[str, Any] | Detail) -> Detail:
    return pair if isinstance(pair, Detail) else Detail(str(pair[0]), str(pair[1]))
