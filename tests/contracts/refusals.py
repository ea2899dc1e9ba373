"""Refusals that come from a contract behind the one that is called."""

from typing import Any

import ape
import pytest
from ape.api import AccountAPI
from ape.contracts.base import ContractTransactionHandler
from eth_utils import keccak
from web3.exceptions import ContractLogicError


def assert_refused(
    function: ContractTransactionHandler, *arguments: Any, sender: AccountAPI, error: Any
) -> None:
    """Fails unless the call would revert with this typed error.

    For a typed error of a nested call, where `ape.reverts` reads a whole trace and takes seconds.
    """
    call = {
        "from": sender.address,
        "to": function.contract.address,
        "data": "0x" + bytes(function.encode_input(*arguments)).hex(),
    }
    with pytest.raises(ContractLogicError) as refusal:
        ape.networks.provider.web3.eth.call(call)
    selector = "0x" + keccak(text=error.abi.selector)[:4].hex()
    assert str(refusal.value.data).startswith(selector), refusal.value
