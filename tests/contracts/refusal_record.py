"""Notes every refusal that the tests provoke: which contract, its words, and the place in its code.

A node's answer to a refused call names only the words; a trace of the same call names the contract that
refused and the program counter, so that the same words written twice count as two.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import Any

from deployment.artefacts import container
from eth_abi import decode
from eth_utils import keccak
from refusal_sites import RECORD, refusals_of
from toolchain import CONTRACT_NAMES
from web3 import HTTPProvider

REASON = keccak(text="Error(string)")[:4]
TRACED = ("eth_call", "eth_estimateGas")
BARE_TRACE = {"disableStack": True, "disableStorage": True, "disableMemory": True}

Send = Callable[[HTTPProvider, str, Any], Any]
_places: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))


def recording(send: Send) -> Send:
    """The provider's `make_request`, noting what it is refused."""

    def make_request(provider: HTTPProvider, method: str, params: Any) -> Any:
        response = send(provider, method, params)
        if method in TRACED and "execution reverted" in str(response.get("error", {}).get("message", "")):
            _note(lambda method, params: send(provider, method, params)["result"], params[0])
        return response

    return make_request


def counts() -> dict[str, dict[str, int]]:
    """Contract -> words -> places, as refusal_sites.missing_refusals takes it."""
    return {name: {words: len(seen) for words, seen in by.items()} for name, by in _places.items()}


def write_record() -> None:
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    RECORD.write_text(json.dumps(counts(), indent=1, sort_keys=True) + "\n")


def _note(ask: Callable[[str, Any], Any], call: dict[str, Any]) -> None:
    frame, depth = _innermost(ask("debug_traceCall", [call, "latest", {"tracer": "callTracer"}]))
    name = (
        _created(frame)
        if frame["type"] == "CREATE"
        else _deployed(ask("eth_getCode", [frame["to"], "latest"]))
    )
    words = name and _words(name, bytes.fromhex(frame.get("output", "0x")[2:]))
    if not words:
        return
    steps = ask("debug_traceCall", [call, "latest", BARE_TRACE])["structLogs"]
    place = next(
        (step["pc"] for step in reversed(steps) if (step["op"], step["depth"]) == ("REVERT", depth)), ""
    )
    # Solidity's optimiser may merge two refusals into one place: there the function tells them apart.
    selector = frame["input"][:10] if words.isidentifier() else ""
    _places[name][words].add(f"{selector or place}")


def _innermost(frame: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The frame that refused first, with its depth: each caller handed its words on."""
    depth = 1
    while frame.get("calls"):
        last = frame["calls"][-1]
        if not last.get("error") or last.get("output") != frame.get("output"):
            break
        frame, depth = last, depth + 1
    return frame, depth


@cache
def _deployed(code: str) -> str:
    """Whose code it is: Vyper appends its immutables to it, Solidity writes them inside."""
    for name in CONTRACT_NAMES:
        runtime = container(name).contract_type.runtime_bytecode.bytecode
        if code.startswith(runtime) or (len(code) == len(runtime) and code[:100] == runtime[:100]):
            return name
    return ""


def _created(frame: dict[str, Any]) -> str:
    codes = {name: container(name).contract_type.deployment_bytecode.bytecode for name in CONTRACT_NAMES}
    return next((name for name, code in codes.items() if frame["input"].startswith(code)), "")


def _words(name: str, output: bytes) -> str:
    """The reason, or the error's name if it is one of this contract's own."""
    if output[:4] == REASON:
        return str(decode(["string"], output[4:])[0])
    own = {refusal.words for refusal in refusals_of(name)}
    errors = {error.name: keccak(text=error.selector)[:4] for error in container(name).contract_type.errors}
    return next((words for words, selector in errors.items() if selector == output[:4] and words in own), "")
