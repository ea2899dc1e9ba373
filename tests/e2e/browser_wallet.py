"""A wallet as a browser extension is one: announced by EIP-6963, its key and its moods in this process."""

import json
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import BrowserContext, Page

from chain.abi import Call
from chain.accounts import LocalWallet, checksum
from chain.client import ChainClient
from chain.errors import CallReverted

LOCAL_CHAIN = 31337
FORWARDED = {
    "eth_estimateGas",
    "eth_gasPrice",
    "eth_getTransactionByHash",
    "eth_getTransactionReceipt",
    "eth_blockNumber",
    "eth_getBalance",
}
BRIDGE = "qommonsTestWallet"
# Announces every wallet whenever it is asked for; each request goes to Python, each answer comes back.
ANNOUNCE = (Path(__file__).parent / "announce_wallets.js").read_text()
ICON = (
    "data:image/svg+xml;base64,"
    + b64encode(
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28"><circle cx="14" cy="14" r="12"/></svg>'
    ).decode()
)


class Refusal(Exception):
    """What the wallet answers instead of a result."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class BrowserWallet:
    """One account in one browser wallet. `refusing` holds methods that its owner declines from now on."""

    name: str
    rdns: str
    account: LocalWallet
    client: ChainClient
    rpc_url: str
    chain_id: int = LOCAL_CHAIN
    known_chains: set[int] = field(default_factory=lambda: {1, LOCAL_CHAIN})
    refusing: set[str] = field(default_factory=set)
    asked: list[tuple[str, list[Any]]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    is_disconnected: bool = False

    def answer(self, method: str, params: list[Any]) -> dict[str, Any]:
        """What `provider.request` settles with."""
        self.asked.append((method, params))
        try:
            return {"result": self._result(method, params)}
        except Refusal as refusal:
            return {"error": {"code": refusal.code, "message": str(refusal)}}
        except CallReverted as error:
            return {"error": {"code": -32000, "message": f"execution reverted: {error.reason}"}}

    def methods(self) -> list[str]:
        """Which methods were asked for, in order."""
        return [method for method, _ in self.asked]

    def cancel_last(self) -> str:
        """Takes the last transaction's place with an empty one at a higher fee, as "cancel" does."""
        return self._replace_last(Call(to=self.account.address, data=b""), gas=21_000)

    def speed_up_last(self) -> str:
        """Sends the last transaction again at a higher fee, as "speed up" does."""
        known = self._forward("eth_getTransactionByHash", [self.sent[-1]])
        call = Call(to=known["to"], data=bytes.fromhex(known["input"][2:]))
        return self._replace_last(call, gas=int(known["gas"], 16))

    def drop_last(self) -> None:
        """The network forgets the last transaction."""
        self._forward("anvil_dropTransaction", [self.sent[-1]])

    def _replace_last(self, call: Call, *, gas: int) -> str:
        known = self._forward("eth_getTransactionByHash", [self.sent[-1]])
        fields = {
            "type": 2,
            "chainId": LOCAL_CHAIN,
            "nonce": int(known["nonce"], 16),
            "to": checksum(call.to),
            "value": 0,
            "data": call.data_hex,
            "gas": gas,
            "maxFeePerGas": 3 * int(known["maxFeePerGas"], 16),
            "maxPriorityFeePerGas": 3 * int(known["maxPriorityFeePerGas"], 16),
        }
        return self.client.send_raw(self.account.sign_transaction(fields))

    def _result(self, method: str, params: list[Any]) -> Any:
        if self.is_disconnected:
            raise Refusal(4900, "The provider is disconnected from all chains.")
        if method in self.refusing:
            raise Refusal(4001, "MetaMask Tx Signature: User denied transaction signature.")
        if method in FORWARDED:
            return self._forward(method, params)
        known = {
            "eth_requestAccounts": lambda: [self.account.address],
            "eth_accounts": lambda: [self.account.address],
            "eth_chainId": lambda: hex(self.chain_id),
            "personal_sign": lambda: self.account.personal_sign(bytes.fromhex(params[0][2:]).decode()),
            "eth_signTypedData_v4": lambda: self.account.sign_typed_data(json.loads(params[1])),
            "eth_sendTransaction": lambda: self._send(params[0]),
            "wallet_switchEthereumChain": lambda: self._switch(int(params[0]["chainId"], 16)),
            "wallet_addEthereumChain": lambda: self._add(params[0]),
        }
        if method not in known:
            raise Refusal(4200, f"the wallet has no {method}")
        return known[method]()

    def _send(self, fields: dict[str, str]) -> str:
        if fields["from"].lower() != self.account.address.lower():
            raise Refusal(4100, "another account")
        if self.chain_id != LOCAL_CHAIN:
            raise Refusal(4901, "another chain")
        call = Call(to=fields["to"], data=bytes.fromhex(fields["data"][2:]), value=int(fields["value"], 16))
        self.sent.append(self.account.send(self.client, call))
        return self.sent[-1]

    def _switch(self, chain_id: int) -> None:
        if chain_id not in self.known_chains:
            raise Refusal(4902, "Unrecognized chain ID.")
        self.chain_id = chain_id

    def _add(self, chain: dict[str, Any]) -> None:
        if self.rpc_url not in chain["rpcUrls"]:
            raise Refusal(-32602, "the RPC URL is not of this chain")
        self.known_chains.add(int(chain["chainId"], 16))

    def _forward(self, method: str, params: list[Any]) -> Any:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = requests.post(self.rpc_url, json=request, timeout=10).json()
        if "error" in answer:
            raise Refusal(answer["error"]["code"], answer["error"]["message"])
        return answer["result"]


def install(context: BrowserContext, wallets: list[BrowserWallet]) -> None:
    """Puts the wallets into every page of the context."""
    by_rdns = {wallet.rdns: wallet for wallet in wallets}
    context.expose_function(BRIDGE, lambda rdns, method, params: by_rdns[rdns].answer(method, params))
    names = json.dumps([{"name": wallet.name, "rdns": wallet.rdns, "icon": ICON} for wallet in wallets])
    context.add_init_script(ANNOUNCE.replace("WALLETS", names).replace("BRIDGE", BRIDGE))


def emit(page: Page, wallet: BrowserWallet, event: str, value: Any) -> None:
    """The wallet tells the page of a change."""
    page.evaluate(
        "([rdns, event, value]) => window.testWallets[rdns](event, value)", [wallet.rdns, event, value]
    )
