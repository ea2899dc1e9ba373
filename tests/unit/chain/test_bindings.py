"""The bindings say what the compiled contracts say."""

import json
from pathlib import Path
from typing import Any

import pytest

from chain.abi import Event, Function
from chain.abi_types import Param
from chain.bindings import BY_NAME
from chain.bindings.custom_errors import CUSTOM_ERRORS
from tests.tools import missing

ABI_DIR = Path(__file__).resolve().parents[3] / "build" / "abi"


@pytest.fixture(params=sorted(BY_NAME))
def contract(request) -> tuple[str, list[dict[str, Any]]]:
    file = ABI_DIR / f"{request.param}.json"
    if not file.exists():
        missing("the contracts are not compiled (make setup)")
    return request.param, json.loads(file.read_text())


def test_every_bound_function_is_the_contracts_own(contract):
    name, abi = contract
    compiled = {shape(entry): entry for entry in abi if entry["type"] == "function"}

    for function in BY_NAME[name].FUNCTIONS:
        entry = compiled.get(function.signature)
        assert entry is not None, f"{name} has no {function.signature}"
        assert [p.canonical for p in function.outputs] == [kind(o) for o in entry["outputs"]], function.name
        assert_names_agree(struct_fields(function.inputs), struct_fields_of(entry["inputs"]))
        assert_names_agree(struct_fields(function.outputs), struct_fields_of(entry["outputs"]))


def test_every_bound_event_is_the_contracts_own(contract):
    name, abi = contract
    compiled = {shape(entry): entry for entry in abi if entry["type"] == "event"}

    for event in BY_NAME[name].EVENTS:
        entry = compiled.get(event.signature)
        assert entry is not None, f"{name} has no event {event.signature}"
        assert [p.indexed for p in event.inputs] == [i["indexed"] for i in entry["inputs"]], event.name
        assert [p.name for p in event.inputs] == [i["name"] for i in entry["inputs"]], event.name


def test_every_event_of_the_contract_is_bound(contract):
    name, abi = contract
    bound = {event.signature for event in BY_NAME[name].EVENTS}

    compiled = {shape(entry) for entry in abi if entry["type"] == "event"}

    assert compiled - bound <= {"EIP712DomainChanged()", *UNUSED_EVENTS}


def test_every_typed_error_of_the_contract_is_known(contract):
    _, abi = contract
    known = {error.signature for error in CUSTOM_ERRORS}

    assert {shape(entry) for entry in abi if entry["type"] == "error"} <= known


# Events of the standards that our contracts never emit, or that say nothing to us.
UNUSED_EVENTS = {
    "ApprovalForAll(address,address,bool)",
    "TransferBatch(address,address,address,uint256[],uint256[])",
    "URI(string,uint256)",
    "BatchMetadataUpdate(uint256,uint256)",
    "RoleAdminChanged(bytes32,bytes32,bytes32)",
}


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_no_two_functions_or_events_of_a_contract_share_an_identity(name):
    functions: tuple[Function, ...] = BY_NAME[name].FUNCTIONS
    events: tuple[Event, ...] = BY_NAME[name].EVENTS

    assert len({function.selector for function in functions}) == len(functions)
    assert len({event.topic for event in events}) == len(events)


def shape(entry: dict[str, Any]) -> str:
    return f"{entry['name']}({','.join(kind(i) for i in entry['inputs'])})"


def kind(param: dict[str, Any]) -> str:
    if not param["type"].startswith("tuple"):
        return param["type"]
    return f"({','.join(kind(c) for c in param['components'])}){param['type'].removeprefix('tuple')}"


def assert_names_agree(bound: tuple[Param, ...], compiled: list[dict[str, Any]]) -> None:
    """Fields of structs are read by name, so they have the contract's own, however deep."""
    for ours, theirs in zip(bound, compiled, strict=True):
        assert ours.name == theirs["name"]
        if ours.fields:
            assert_names_agree(ours.fields, theirs["components"])


def struct_fields(params: tuple[Param, ...]) -> tuple[Param, ...]:
    return tuple(field for param in params for field in param.fields)


def struct_fields_of(params: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [component for param in params for component in param.get("components", [])]
