"""Fixtures of the contract tests: the contracts, deployed once and reset after each test, and the roles."""

import ape
import pytest
from ape.api import TestAccountAPI
from ape_ethereum.trace import Trace
from commons import Commons, deploy_commons
from deployment.parameters import short_name
from refusal_record import recording, write_record
from stage import Stage
from web3 import HTTPProvider

DEPLOYER, PROVIDER, CONTRIBUTOR, RESEARCHER, MEMBER, EXECUTOR, SECOND_EXECUTOR, STRANGER = range(8)


def pytest_configure() -> None:
    """Before the first connection: web3 keeps the function that it found then."""
    HTTPProvider.make_request = recording(HTTPProvider.make_request)


def pytest_sessionfinish() -> None:
    write_record()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The count of all refusals comes last, and only where every test has run before it."""
    counting = [item for item in items if item.name == "test_every_refusal_written_is_provoked_by_a_test"]
    others = [item for item in items if item not in counting]
    is_whole_run = len(config.args) == 1 and not config.option.keyword
    items[:] = [*others, *counting] if is_whole_run else others


@pytest.fixture(scope="session", autouse=True)
def no_call_trees():
    """Ape prints a call tree for every refusal, expected ones too, which takes most of these tests' time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trace, "show", lambda *_, **__: None)
        yield


@pytest.fixture(scope="session")
def deployer(accounts) -> TestAccountAPI:
    return accounts[DEPLOYER]


@pytest.fixture(scope="session")
def provider(accounts) -> TestAccountAPI:
    """Owns datasets."""
    return accounts[PROVIDER]


@pytest.fixture(scope="session")
def contributor(accounts) -> TestAccountAPI:
    """Has a part in what a dataset earns, and no vote."""
    return accounts[CONTRIBUTOR]


@pytest.fixture(scope="session")
def researcher(accounts) -> TestAccountAPI:
    """Buys access and requests jobs."""
    return accounts[RESEARCHER]


@pytest.fixture(scope="session")
def member(accounts) -> TestAccountAPI:
    """Holds most votes."""
    return accounts[MEMBER]


@pytest.fixture(scope="session")
def executor(accounts) -> TestAccountAPI:
    """Admitted at deployment."""
    return accounts[EXECUTOR]


@pytest.fixture(scope="session")
def second_executor(accounts) -> TestAccountAPI:
    """Not admitted until a test does it."""
    return accounts[SECOND_EXECUTOR]


@pytest.fixture(scope="session")
def stranger(accounts) -> TestAccountAPI:
    """Has ether and nothing else."""
    return accounts[STRANGER]


@pytest.fixture(scope="session")
def commons(deployer, provider, researcher, member, executor) -> Commons:
    """The contracts as contracts/deploy.py leaves them."""
    return deploy_commons(
        web3=ape.networks.provider.web3,
        deployer_key=deployer.private_key,
        voters={member: 60, researcher: 40},
        dollar_holders=[researcher, provider],
        executor=executor,
    )


@pytest.fixture(scope="session")
def timelock(commons, accounts):
    """The DAO's Timelock as a sender, as if a vote had passed; whole votes are in test_governor.py."""
    ape.networks.provider.set_balance(commons.addresses["Timelock"], 10**20)
    return accounts[commons.addresses["Timelock"]]


@pytest.fixture
def allow_token(commons, timelock):
    """Members allow a payment token; the token."""

    def allow(token):
        item = bytes.fromhex(str(token.address)[2:]).rjust(32, b"\0")
        commons.parameter_book.set_allowed(short_name("payment_token"), item, True, sender=timelock)
        return token

    return allow


@pytest.fixture
def stage(commons, chain, provider, researcher, executor, timelock) -> Stage:
    """Takes the main road up to where a test begins."""
    return Stage(commons, chain, provider, researcher, executor, timelock)
