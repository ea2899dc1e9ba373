"""The worlds of the proofs: jobs on two datasets with executors and verifiers; a market with a model."""

import os
from collections import Counter

import ape
import pytest
from commons import DOLLARS
from dispute_model import DisputeModel
from dispute_world import DisputeWorld
from fast_chain import FastChain
from figures import Figures
from job_model import Dataset, Pass
from market_world import MarketWorld
from stage import Stage

JOB_FEES = (7, 3 * DOLLARS + 1)
FEE_BPS = 250
BOND, MOST_SLASHED = 10 * DOLLARS, 50 * DOLLARS
STAKE = 70 * DOLLARS


@pytest.fixture(scope="session")
def is_deep() -> bool:
    """Long runs, with other examples at every run: `make deep`."""
    return os.environ.get("PROOFS") == "deep"


@pytest.fixture(scope="session")
def figures(is_deep):
    """What the proofs of this run saw; a deep run leaves it in build/proofs.json."""
    kept = Figures()
    yield kept
    if is_deep:
        kept.write()


@pytest.fixture
def fast_chain(commons) -> FastChain:
    return FastChain(ape.networks.provider.web3, commons.instances())


@pytest.fixture
def job_world(
    commons,
    stage: Stage,
    fast_chain,
    provider,
    contributor,
    researcher,
    member,
    executor,
    second_executor,
    stranger,
) -> DisputeWorld:
    roles = {
        "provider": provider,
        "contributor": contributor,
        "researcher": researcher,
        "member": member,
        "executor": executor,
        "second executor": second_executor,
        "stranger": stranger,
        "treasury": stage.timelock,
    }
    first = stage.publish(
        payees=[provider, contributor],
        parts=[3_333, 6_667],
        jobFeeToken=commons.test_dollar.address,
        jobFee=JOB_FEES[0],
    )
    second = stage.publish(
        payees=[contributor],
        standingConsent=False,
        jobFeeToken=commons.test_dollar.address,
        jobFee=JOB_FEES[1],
    )
    few, many = stage.grant(first, uses=2), stage.grant(second)
    commons.executor_registry.admit(second_executor, False, b"\x01" * 32, b"age1", sender=stage.timelock)
    for verifier in (member, contributor):
        commons.executor_registry.admit(verifier, True, b"\x02" * 32, b"age1", sender=stage.timelock)
    stage.approve_dollars(commons.job_board)
    for payer in (provider, executor, member):
        commons.test_dollar.transfer(payer, 1_000 * DOLLARS, sender=provider)
        stage.approve_dollars(commons.dispute_book, owner=payer)
        stage.approve_dollars(commons.executor_registry, owner=payer)
    commons.executor_registry.stake(STAKE, sender=executor)
    model = _model(first, second, few, many, now=fast_chain.now())
    return DisputeWorld(fast_chain, commons, {role: str(roles[role].address) for role in roles}, model)


@pytest.fixture
def market_world(
    commons, fast_chain, stage, provider, contributor, researcher, member, stranger
) -> MarketWorld:
    roles = {
        "provider": provider,
        "contributor": contributor,
        "researcher": researcher,
        "member": member,
        "stranger": stranger,
        "treasury": stage.timelock,
    }
    commons.test_dollar.transfer(member, 10**11, sender=researcher)
    for owner in (provider, member, researcher):
        stage.approve_dollars(commons.data_market, owner=owner)
        stage.approve_dollars(commons.access_pass, owner=owner)
    dataset_id = stage.publish(payees=[provider, contributor], parts=[3_333, 6_667])
    model_id = stage.settled_model(parent_models=[stage.settled_model()])
    commons.model_token.transferFrom(researcher, provider, model_id, sender=researcher)
    ape.networks.provider.set_balance(commons.addresses["JobBoard"], 10**20)
    accounts = {role: str(account.address) for role, account in roles.items()}
    accounts["job board"] = commons.addresses["JobBoard"]
    return MarketWorld(fast_chain, commons, accounts, dataset_id, model_id)


def _model(first: int, second: int, few: int, many: int, *, now: int) -> DisputeModel:
    """What `job_world` publishes and grants, in the model."""
    return DisputeModel(
        requester="researcher",
        treasury="treasury",
        datasets={
            first: Dataset("provider", {"provider": 3_333, "contributor": 6_667}, JOB_FEES[0], True),
            second: Dataset("provider", {"contributor": 10_000}, JOB_FEES[1], False),
        },
        passes={few: Pass(2, 2), many: Pass(0, 0)},
        executors={"executor", "second executor", "member", "contributor"},
        verifiers={"member", "contributor"},
        bond=BOND,
        most_slashed=MOST_SLASHED,
        stakes=Counter(executor=STAKE),
        paid=Counter(executor=STAKE),
        fee_bps=FEE_BPS,
        now=now,
    )
