"""The compiled contracts as Ape's containers."""

import json
from functools import cache

from ape.contracts import ContractContainer, ContractInstance
from ethpm_types import ContractType
from toolchain import ABI_FOLDER, BYTECODE_FOLDER, ToolMissing


@cache
def container(name: str) -> ContractContainer:
    """A compiled contract, from `build/`.

    Raises ToolMissing before contracts/compile.py has run.
    """
    abi_file, bytecode_file = ABI_FOLDER / f"{name}.json", BYTECODE_FOLDER / f"{name}.json"
    if not abi_file.is_file() or not bytecode_file.is_file():
        raise ToolMissing(f"{name} is not compiled; run `python contracts/compile.py`")
    compiled = json.loads(bytecode_file.read_text())
    return ContractContainer(
        ContractType.model_validate(
            {
                "contractName": name,
                "abi": json.loads(abi_file.read_text()),
                "deploymentBytecode": {"bytecode": compiled["bytecode"]},
                "runtimeBytecode": {"bytecode": compiled["runtime"]},
            }
        )
    )


def instance(name: str, address: str) -> ContractInstance:
    """A contract at an address, past Ape's caches by address: a fresh chain has others there."""
    return ContractInstance(address, container(name).contract_type)


def runtime_size_bytes(name: str) -> int:
    """How many bytes the contract will have on chain, immutables apart."""
    return len(container(name).contract_type.runtime_bytecode.bytecode.removeprefix("0x")) // 2
