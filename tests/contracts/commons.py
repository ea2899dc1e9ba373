"""The deployed contracts as the tests see them."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ape.contracts import ContractInstance
from deployment.artefacts import container
from deployment.parameters import parse_parameters, short_name
from web3 import Web3

from deploy import deploy

VOTES = 10**18
DOLLARS = 10**6
SIGNING_KEY = "0x" + "5a" * 32
AGE_RECIPIENT = "age1executor"
QSVM = short_name("qsvm")
STATEVECTOR = short_name("statevector")


def parameters(voters: dict, dollar_holders: list, executor) -> dict[str, Any]:
    """A parameters file with short periods; votes in thousands, a million dollars a holder."""
    return {
        "votes": [{"holder": str(voter), "amount": votes * 1000 * VOTES} for voter, votes in voters.items()],
        "test_dollars": [{"holder": str(holder), "amount": 1_000_000 * DOLLARS} for holder in dollar_holders],
        "voting_delay_seconds": 2,
        "voting_period_seconds": 40,
        "late_quorum_extension_seconds": 10,
        "timelock_delay_seconds": 5,
        "proposal_threshold": 1 * VOTES,
        "quorum_percent": 4,
        "window_seconds": 5,
        "dispute_bond": 10 * DOLLARS,
        "dispute_slash": 50 * DOLLARS,
        "attest_seconds": 60,
        "values": {"market_fee_bps": 250, "job_fee_bps": 250, "max_qubits": 20, "max_run_seconds": 3600},
        "allowed": {"algorithm": ["qsvm"], "engine": ["statevector"], "payment_token": ["TestDollar"]},
        "executor": {
            "address": str(executor),
            "signing_key": SIGNING_KEY,
            "age_recipient": AGE_RECIPIENT,
        },
    }


@dataclass(frozen=True)
class Commons:
    """One attribute a contract: `commons.job_board` is JobBoard."""

    record: dict[str, Any]

    @cached_property
    def addresses(self) -> dict[str, str]:
        return self.record["contracts"]

    @cached_property
    def _instances(self) -> dict[str, ContractInstance]:
        return {
            re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): container(name).at(address)
            for name, address in self.addresses.items()
        }

    def instances(self) -> list[ContractInstance]:
        return list(self._instances.values())

    def __getattr__(self, name: str) -> ContractInstance:
        try:
            return self._instances[name]
        except KeyError as error:
            raise AttributeError(name) from error


def deploy_commons(*, web3: Web3, deployer_key: str, **holders: Any) -> Commons:
    """Deploys with the real deployment code."""
    return Commons(deploy(web3, parse_parameters(parameters(**holders)), deployer_key))
