"""Deploys the contracts with Ape, wires them, and hands every power to the Timelock.

    DEPLOYER_KEY=0x... python contracts/deploy.py --rpc URL --parameters FILE --out FILE

Compile first (contracts/compile.py). Parameters are a JSON file, for example contracts/parameters/local.json:

    votes, test_dollars              lists of {"holder": address, "amount": base units}; the first holders.
                                     The holder "Timelock" is the treasury. Without test_dollars no TestDollar
                                     is deployed.
    voting_delay_seconds             between a proposal and its snapshot of votes
    voting_period_seconds            of voting
    late_quorum_extension_seconds    of voting that remain after a late quorum
    timelock_delay_seconds           between queue and execution
    proposal_threshold               votes that a proposer needs, in units of 1e-18 vote
    quorum_percent                   of all votes, 1 to 100
    window_seconds                   in which a result may be challenged
    dispute_bond, dispute_slash      what a challenge puts up, and what a lost one takes from the executor's
                                     stake at most, in base units of stake_token
    attest_seconds                   that verifiers have in a dispute
    values                           ParameterBook's numbers by key: market_fee_bps and job_fee_bps (at most
                                     1000), max_qubits, max_run_seconds, max_escrow (0: no limit),
                                     verifier_quorum (attestations that decide a dispute)
    allowed                          ParameterBook's items by kind: algorithm, engine (short names),
                                     payment_token (addresses, or "TestDollar")
    stake_token                      the ERC-20 of stakes, an address or "TestDollar" (the default)
    executor                         the first executor: {"address", "signing_key": 32 bytes of ed25519 public
                                     key in hex, "age_recipient"}; may be left out

Amounts may be strings. The deployer must hold no votes. A second run while the deployment is alive changes
nothing.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from deployment.artefacts import container, instance, runtime_size_bytes
from deployment.chain import NodeUnavailable, connected
from deployment.parameters import BadParameters, Parameters, read_parameters
from deployment.plan import plan_deployment, plan_wiring
from deployment.record import genesis_hash, is_alive, read_record, write_record
from deployment.roles import RoleMismatch, read_role_table
from deployment.sending import Deployer, DeploymentFailed
from toolchain import DIGEST_FILE, ToolMissing
from web3 import Web3

EXPECTED_FAILURES = (BadParameters, DeploymentFailed, NodeUnavailable, RoleMismatch, ToolMissing)


def deploy(web3: Web3, parameters: Parameters, deployer_key: str) -> dict[str, Any]:
    """Deploys, wires and checks; the deployment record.

    All transactions are sent before the first receipt is awaited: addresses follow from nonces, and no block
    is waited for that is not needed.
    """
    deployer = Deployer(web3, deployer_key)
    if any(holding.holder == deployer.address for holding in parameters.votes):
        raise BadParameters(f"votes: the deployer {deployer.address} must hold none")
    start_block = web3.eth.block_number
    steps = plan_deployment(parameters, deployer.address, deployer.next_nonce)
    addresses = {step.name: step.address for step in steps}
    sent = []
    for step in steps:
        code = container(step.name).contract_type.deployment_bytecode
        arguments = container(step.name).constructor.encode_input(*step.arguments)
        creation_code = bytes.fromhex(code.bytecode.removeprefix("0x")) + arguments
        sent.append(deployer.create(step.name, creation_code, runtime_size_bytes(step.name)))
    for wiring in plan_wiring(addresses):
        calldata = instance(wiring.name, addresses[wiring.name]).wire.encode_input(*wiring.arguments)
        sent.append(deployer.call(f"{wiring.name}.wire", addresses[wiring.name], calldata))
    receipts = deployer.receipts(sent)
    for step, receipt in zip(steps, receipts, strict=False):
        if receipt["contractAddress"] != step.address:
            raise DeploymentFailed(f"{step.name} is at {receipt['contractAddress']}, not at {step.address}")
    return {
        "chain_id": web3.eth.chain_id,
        "start_block": start_block,
        "deployer": deployer.address,
        "genesis_hash": genesis_hash(web3),
        "sources_digest": DIGEST_FILE.read_text().strip(),
        "contracts": addresses,
        "parameters": parameters.raw,
        "roles": role_table(web3, addresses, deployer.address, start_block),
    }


def role_table(
    web3: Web3, addresses: dict[str, str], deployer: str, start_block: int
) -> list[dict[str, str]]:
    """The role table of a deployment, read from the chain and checked."""
    instances = {name: instance(name, address) for name, address in addresses.items()}
    return read_role_table(web3, instances.__getitem__, addresses, deployer, start_block)


def run(rpc_url: str, parameters_file: Path, out: Path, deployer_key: str) -> None:
    """The command: deploys, or says that the deployment is alive already."""
    started = time.monotonic()
    parameters = read_parameters(parameters_file)
    if not DIGEST_FILE.is_file():
        raise ToolMissing("the contracts are not compiled; run `python contracts/compile.py`")
    with connected(rpc_url) as web3:
        record = read_record(out)
        if record is not None and is_alive(web3, record):
            print(f"the contracts are deployed already on chain {record['chain_id']}; nothing changed")
            warn_of_differences(record, parameters)
        else:
            record = deploy(web3, parameters, deployer_key)
            write_record(out, record)
            seconds = time.monotonic() - started
            count, chain_id = len(record["contracts"]), record["chain_id"]
            print(f"deployed {count} contracts on chain {chain_id} in {seconds:.1f} s")
    print_role_table(record)


def warn_of_differences(record: dict[str, Any], parameters: Parameters) -> None:
    """Says where the living deployment is not what the files would make; it stays as it is."""
    if record["sources_digest"] != DIGEST_FILE.read_text().strip():
        print("note: it was made from other sources than those compiled now")
    if record["parameters"] != parameters.raw:
        print("note: it was made with other parameters than those in the file")


def print_role_table(record: dict[str, Any]) -> None:
    """One line a power: contract, holder, what it may do."""
    names = {address: name for name, address in record["contracts"].items()} | {
        record["deployer"]: "the deployer"
    }
    for role in record["roles"]:
        print(f"  {role['contract']:<17} {names.get(role['holder'], role['holder']):<16} {role['power']}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Deploys the contracts to a chain that runs.")
    parser.add_argument("--rpc", required=True, help="the node's URL")
    parser.add_argument("--parameters", required=True, type=Path, help="what to start with (JSON)")
    parser.add_argument("--out", required=True, type=Path, help="the deployment file to write")
    arguments = parser.parse_args()
    deployer_key = os.environ.get("DEPLOYER_KEY", "")
    if not deployer_key:
        print("DEPLOYER_KEY is not set: the private key that pays for the deployment", file=sys.stderr)
        return 2
    try:
        run(arguments.rpc, arguments.parameters, arguments.out, deployer_key)
    except EXPECTED_FAILURES as error:
        print(f"not deployed: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
