"""Calldata in words: which function of which of our contracts, with which arguments."""

from dataclasses import dataclass
from typing import Any

from chain.abi import Call, Function
from chain.bindings import BY_NAME
from chain.deployments import Deployment
from chain.errors import UndecodableData


@dataclass(frozen=True)
class DecodedCall:
    """A call of a known function of a known contract."""

    contract: str
    function: str
    args: dict[str, Any]

    @property
    def text(self) -> str:
        """ "JobBoard.approve(job_id=7, spec_digest=0x..)": the whole call on one line."""
        return f"{self.contract}.{self.function}({', '.join(f'{k}={v}' for k, v in self.args.items())})"


def describe_call(call: Call, deployment: Deployment) -> DecodedCall | None:
    """The call in words, or None where any byte of it is not understood; a page shows that in red."""
    contract = deployment.name_of(call.to)
    if contract is None or contract not in BY_NAME:
        return None
    known = _function_by_selector(contract, "0x" + call.data[:4].hex())
    if known is None:
        return None
    try:
        return DecodedCall(contract, known.name, known.decode_input(call.data))
    except UndecodableData:
        return None


def _function_by_selector(contract: str, selector: str) -> Function | None:
    functions: tuple[Function, ...] = BY_NAME[contract].FUNCTIONS
    return next((known for known in functions if known.selector == selector), None)
