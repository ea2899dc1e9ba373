"""Attacker contracts and odd tokens, compiled when a test asks for one."""

from functools import cache
from pathlib import Path
from typing import Any

import vyper
from ape.api import AccountAPI
from ape.contracts import ContractContainer, ContractInstance
from ethpm_types import ContractType
from vyper.compiler.settings import Settings

SOURCES = Path(__file__).parent / "mocks"


@cache
def mock(name: str) -> ContractContainer:
    """The contract in `mocks/<name>.vy`."""
    source = (SOURCES / f"{name}.vy").read_text()
    compiled = vyper.compile_code(
        source, output_formats=["abi", "bytecode"], settings=Settings(evm_version="cancun")
    )
    return ContractContainer(
        ContractType.model_validate(
            {
                "contractName": name,
                "abi": compiled["abi"],
                "deploymentBytecode": {"bytecode": compiled["bytecode"]},
            }
        )
    )


def deploy_mock(deployer: AccountAPI, name: str, *arguments: Any) -> ContractInstance:
    return deployer.deploy(mock(name), *arguments)
