"""Where the contracts live: the deployment file that the deploy script writes, read as a value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from chain.abi import keccak_hex
from chain.accounts import checksum
from chain.errors import NotDeployed, WrongChain


@dataclass(frozen=True)
class Deployment:
    """One set of contracts on one chain. `contracts` maps names to checksummed addresses."""

    chain_id: int
    start_block: int
    contracts: Mapping[str, str]
    genesis_hash: str = ""
    deployer: str = ""
    sources_digest: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    roles: tuple[Mapping[str, Any], ...] = ()

    def address_of(self, contract: str) -> str:
        """The address of a contract by name; raises NotDeployed where the deployment has none."""
        try:
            return self.contracts[contract]
        except KeyError:
            raise NotDeployed(f"chain {self.chain_id} has no {contract}") from None

    @property
    def contracts_digest(self) -> str:
        """keccak-256 over names and addresses: equal where the contracts are the same."""
        return keccak_hex(json.dumps(sorted(self.contracts.items())).encode())

    def name_of(self, address: str) -> str | None:
        """The name of the contract at this address, or None."""
        return self._names.get(address.lower())

    @property
    def _names(self) -> dict[str, str]:
        return {address.lower(): name for name, address in self.contracts.items()}


def read_deployment(path: Path | str) -> Deployment:
    """The deployment that a file describes; raises NotDeployed where it is missing or torn."""
    try:
        written = json.loads(Path(path).read_text())
        return Deployment(
            chain_id=int(written["chain_id"]),
            start_block=int(written["start_block"]),
            contracts={name: checksum(address) for name, address in written["contracts"].items()},
            genesis_hash=written.get("genesis_hash", ""),
            deployer=written.get("deployer", ""),
            sources_digest=written.get("sources_digest", ""),
            parameters=written.get("parameters", {}),
            roles=tuple(written.get("roles", ())),
        )
    except FileNotFoundError:
        raise NotDeployed(f"no contracts are deployed: {Path(path).name} is missing") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotDeployed(f"the deployment file {Path(path).name} cannot be read: {error}") from error


def current() -> Deployment:
    """The deployment that this installation works with (settings.DEPLOYMENT_FILE).

    The file is read again when it changes. Raises NotDeployed, or WrongChain where it is another chain's.
    """
    path = Path(settings.DEPLOYMENT_FILE)
    try:
        stat = path.stat()
    except FileNotFoundError:
        raise NotDeployed(f"no contracts are deployed: {path.name} is missing") from None
    deployment = _read_once(path, stat.st_mtime_ns, stat.st_size)
    if deployment.chain_id != settings.CHAIN_ID:
        raise WrongChain(
            f"the settings name chain {settings.CHAIN_ID}, the deployment file chain {deployment.chain_id}"
        )
    return deployment


def address_of(contract: str) -> str:
    """The address of a contract of the current deployment."""
    return current().address_of(contract)


@lru_cache(maxsize=8)
def _read_once(path: Path, _modified_ns: int, _size: int) -> Deployment:
    return read_deployment(path)
