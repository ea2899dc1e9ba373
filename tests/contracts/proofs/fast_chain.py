"""Anvil without Ape between: one block a call, at a chosen time, with the words of a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from ape.contracts import ContractInstance
from eth_abi import decode, encode
from eth_utils import keccak
from web3 import Web3

GAS = 6_000_000
REASON = keccak(text="Error(string)")[:4]


@dataclass(frozen=True)
class Read:
    """A view's call; of a result with many fields, the `fields` that matter."""

    contract: str
    method: str
    arguments: tuple[Any, ...] = ()
    fields: tuple[int, ...] = ()


class FastChain:
    """Calls by signature. Accounts need no key: the node speaks for all of them."""

    def __init__(self, web3: Web3, contracts: list[ContractInstance]) -> None:
        self._send = web3.provider.make_request
        self._send_many = web3.provider.make_batch_request
        self._methods: dict[str, dict[str, tuple[bytes, list[str], list[str]]]] = {}
        self._errors: dict[bytes, str] = {}
        for contract in contracts:
            abi = contract.contract_type
            self._errors |= {keccak(text=error.selector)[:4]: error.name for error in abi.errors}
            self._methods[str(contract.address)] = {
                method.name: (
                    keccak(text=method.selector)[:4],
                    [argument.canonical_type for argument in method.inputs],
                    [result.canonical_type for result in getattr(method, "outputs", [])],
                )
                for method in [*abi.mutable_methods, *abi.view_methods]
            }
        self._ask("anvil_autoImpersonateAccount", [True])
        self.calls = 0

    def act(self, sender: str, contract: str, method: str, *arguments: Any, at: int) -> str | None:
        """Mines one call at the time `at`; the words of its refusal, None when it went through."""
        self.calls += 1
        self._ask("evm_setNextBlockTimestamp", [at])
        call = {
            "from": sender,
            "to": contract,
            "gas": hex(GAS),
            "data": self._encoded(contract, method, arguments),
        }
        sent = self._ask("eth_sendTransaction", [call])
        if self._receipt(sent)["status"] == "0x1":
            return None
        frame = self._ask("debug_traceTransaction", [sent, {"tracer": "callTracer"}])
        return self._words(bytes.fromhex(frame.get("output", "0x")[2:]))

    def mine(self, *, at: int) -> None:
        """An empty block at the time `at`."""
        self._ask("evm_mine", [at])

    def read(self, contract: str, method: str, *arguments: Any) -> Any:
        """A view's results; one result comes without its tuple."""
        call = {"to": contract, "data": self._encoded(contract, method, arguments)}
        found = bytes.fromhex(self._ask("eth_call", [call, "latest"])[2:])
        results = decode(self._methods[contract][method][2], found)
        return results[0] if len(results) == 1 else results

    def read_all(self, reads: Sequence[Read]) -> list[Any]:
        """As `read`, many at once: one question to the node."""
        calls = [
            {"to": read.contract, "data": self._encoded(read.contract, read.method, read.arguments)}
            for read in reads
        ]
        answers = self._send_many([("eth_call", [call, "latest"]) for call in calls])
        return [self._decoded(read, answer) for read, answer in zip(reads, answers, strict=True)]

    def _decoded(self, read: Read, answer: dict[str, Any]) -> Any:
        assert "result" in answer, (read, answer)
        results = decode(self._methods[read.contract][read.method][2], bytes.fromhex(answer["result"][2:]))
        found = results[0] if len(results) == 1 else results
        return tuple(found[i] for i in read.fields) if read.fields else found

    def now(self) -> int:
        return int(self._ask("eth_getBlockByNumber", ["latest", False])["timestamp"], 16)

    def snapshot(self) -> str:
        return str(self._ask("evm_snapshot", []))

    def undo(self, snapshot: str) -> None:
        """Back to a snapshot, which is then spent."""
        assert self._ask("evm_revert", [snapshot]) is True

    def _encoded(self, contract: str, method: str, arguments: tuple[Any, ...]) -> str:
        selector, types, _ = self._methods[contract][method]
        return "0x" + (selector + encode(types, arguments)).hex()

    def _receipt(self, sent: str) -> dict[str, Any]:
        for _ in count():
            receipt = self._ask("eth_getTransactionReceipt", [sent])
            if receipt is not None:
                return receipt
        raise AssertionError("unreachable")

    def _words(self, output: bytes) -> str:
        if output[:4] == REASON:
            return str(decode(["string"], output[4:])[0])
        return self._errors.get(output[:4], f"0x{output[:4].hex()}")

    def _ask(self, method: str, params: list[Any]) -> Any:
        response = self._send(method, params)
        assert "error" not in response, (method, params, response["error"])
        return response["result"]
