"""The compiled contracts are those of contracts/lock.json, on disk and on chain."""

import ape
from compile import sources_digest
from deployment.artefacts import container
from lock import committed_lock, compiled_lock, differences
from toolchain import DIGEST_FILE

# Their constructors store nothing in the code, so that it is on chain byte for byte.
WITHOUT_IMMUTABLES = ("Timelock", "ParameterBook")


def test_compiled_contracts_are_those_of_the_lock():
    assert differences(committed_lock(), compiled_lock()) == []


def test_lock_names_what_differs():
    compiled = compiled_lock()
    changed = {**compiled, "Timelock": {**compiled["Timelock"], "runtime_code": "0x00"}}

    lines = differences(changed, compiled)

    assert lines == [f"Timelock.runtime_code: 0x00 became {compiled['Timelock']['runtime_code']}"]


def test_build_belongs_to_the_sources():
    assert DIGEST_FILE.read_text().strip() == sources_digest()


def test_governor_speaks_openzeppelins_own_events(commons):
    events = committed_lock()["CommonsGovernor"]["events"]

    assert events["ProposalExecuted(uint256)"].startswith("0x712ae138")
    assert "VoteCast(address,uint256,uint8,uint256,string)" in events


def test_code_on_chain_is_the_compiled_code_but_for_immutables(commons):
    for name, address in commons.addresses.items():
        on_chain = bytes(ape.networks.provider.web3.eth.get_code(address))
        compiled = bytes.fromhex(container(name).contract_type.runtime_bytecode.bytecode.removeprefix("0x"))
        assert on_chain[:200] == compiled[:200], name
        if name in WITHOUT_IMMUTABLES[:1]:
            assert on_chain == compiled
