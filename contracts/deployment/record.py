"""The deployment file: written when a deployment is proven, read to see whether it is still alive."""

import json
from pathlib import Path
from typing import Any

from web3 import Web3


def read_record(path: Path) -> dict[str, Any] | None:
    """The deployment file's contents; None where there is none."""
    return json.loads(path.read_text()) if path.is_file() else None


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Replaces the deployment file at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_text(json.dumps(record, indent=2) + "\n")
    new.replace(path)


def genesis_hash(web3: Web3) -> str:
    """The hash of block 0, which tells chains with the same number apart."""
    return web3.eth.get_block(0)["hash"].to_0x_hex()


def is_alive(web3: Web3, record: dict[str, Any]) -> bool:
    """Whether every contract of the record has its code on this very chain."""
    if record["chain_id"] != web3.eth.chain_id or record["genesis_hash"] != genesis_hash(web3):
        return False
    return all(web3.eth.get_code(address) for address in record["contracts"].values())
