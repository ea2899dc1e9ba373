"""Verifiers of this installation: on a local chain from its first minute, and on private data."""

import io

import pytest

from chain.bindings import erc20, executor_registry
from config.stack.keys import VERIFIERS, StackKeys
from config.stack.local_actors import settle_actors
from config.stack.parameters import EXECUTOR_STAKE
from marketplace.errors import NotReleasedYet
from marketplace.models import ReleaseEntry
from marketplace.release.files import keep_sealed
from marketplace.store import content_store
from qjobs.executor import private_data, rechecking
from qjobs.models import Attestation, Dispute, Executor, Recheck
from qjobs.selectors.disputes import verifiers
from storage.age.key_file import ensure_identity
from storage.cid import Cid
from tests.integration.qjobs.http import signed_in
from tests.integration.qjobs.stage import small_table
from tests.integration.qjobs.test_private_job import register
from tests.integration.qjobs.verifiers import (
    admit_verifiers,
    challenge,
    run_to_its_result,
    verify_and_close,
)
from tests.tools import missing


def test_local_chain_begins_with_verifiers_and_a_stake_and_the_timelock_keeps_nothing(
    stage, people, deployment_file
):
    dollar, timelock = stage.at("TestDollar"), stage.at("Timelock")
    give = erc20.TRANSFER.call(dollar, to=people.executor.address, value=EXECUTOR_STAKE)
    stage.transact(people.researcher, give)
    wallets = dict(zip(VERIFIERS, (people.rival, people.member, people.stranger), strict=True))
    addresses = {name: wallet.address for name, wallet in wallets.items()}
    keys = StackKeys(
        addresses | {"executor": people.executor.address}, "", "", "0x" + "33" * 32, "age1verifier"
    )

    settle_actors(stage.node.rpc_url, deployment_file, keys)

    stage.follow()
    assert {row.address for row in verifiers()} == set(addresses.values())
    assert Executor.objects.get(pk=people.executor.address).staked_units == EXECUTOR_STAKE
    assert stage.client.balance(timelock) == 0
    registry = stage.at("ExecutorRegistry")
    held = stage.client.read(registry, executor_registry.STAKE_OF, executor=people.executor.address)
    assert held == EXECUTOR_STAKE


@pytest.fixture
def private_result(stage, people, settings, live_server, monkeypatch) -> int:
    """A job on private data with its result; one verifier, registered with this installation's recipient."""
    if private_data.isolation() == "none":
        missing("this machine gives no network namespace, so private data is refused here")
    ensure_identity(settings.KEYS_DIR / "release-age.key")
    kept = keep_sealed(io.BytesIO(small_table()), owner=stage.people.provider.address)
    kept.key.save()
    sealed = b"".join(content_store().open(kept.stored.cid))
    token_id = stage.publish_dataset(sealed)
    register(stage, people.executor, ensure_identity(private_data.key_file()).text)
    stage.delegate_votes()
    recipient = ensure_identity(rechecking.key_file()).text
    settings.VERIFIER_KEY_NAMES = admit_verifiers(stage, [people.rival], recipient=recipient)
    settings.VERIFY_IPFS_URL = settings.RELEASE_URL = live_server.url
    job_id = stage.request_job(stage.small_spec(token_id, str(kept.stored.cid)))
    stage.approve_job(job_id)
    asked = private_data.asked_header

    def from_the_release_service(path: str) -> bytes:
        settings.ROOT_URLCONF = "marketplace.release.urls"
        try:
            return asked(path)
        finally:
            settings.ROOT_URLCONF = "config.urls"

    monkeypatch.setattr(private_data, "asked_header", from_the_release_service)
    monkeypatch.setattr(rechecking, "asked_header", from_the_release_service)
    return job_id


def test_verifier_of_a_private_job_gets_the_key_for_the_open_dispute_alone_and_attests_what_it_found(
    stage, people, private_result
):
    path = f"/release/disputes/{private_result}/{people.rival.address}/datasets/1/1"
    run_to_its_result(stage, is_forged=False)
    with pytest.raises(NotReleasedYet):
        rechecking.asked_header(path)

    challenge(stage, signed_in(people.researcher), people.researcher, private_result)
    stage.mine(5)
    stage.follow()
    verify_and_close(stage)

    assert Recheck.objects.get().verdict == Recheck.Verdict.MATCH
    assert Attestation.objects.get().is_right is True
    released = ReleaseEntry.objects.get(event="released", facts__verifier=people.rival.address)
    assert released.facts["job_id"] == private_result
    assert Dispute.objects.get().state == Dispute.State.REJECTED
    with pytest.raises(NotReleasedYet):
        rechecking.asked_header(path)
    report = content_store().read_block(Cid.parse(Recheck.objects.get().report_cid))
    assert b'"expected"' not in report
