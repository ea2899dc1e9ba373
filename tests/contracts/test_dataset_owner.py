"""DatasetToken: what an owner may change later, and nobody else."""

import ape
import pytest
from deployment.parameters import short_name
from stage import policy, version

TOKEN = "0x" + "77" * 20
OWNER_CALLS = [
    ("publishVersion", (version(2),)),
    ("setPayees", ([TOKEN], [10_000])),
    ("setStandingConsent", (False,)),
    ("setJobFee", (TOKEN, 5)),
    ("retire", ()),
]


@pytest.mark.parametrize(("call", "arguments"), OWNER_CALLS)
def test_owner_calls_by_the_owner_work_and_by_others_are_refused(
    commons, stage, provider, timelock, stranger, call, arguments
):
    token_id = stage.publish()
    function = getattr(commons.dataset_token, call)

    for outsider in (stranger, timelock):
        with ape.reverts(commons.dataset_token.NotDatasetOwner):
            function(token_id, *arguments, sender=outsider)
    function(token_id, *arguments, sender=provider)


@pytest.mark.parametrize(("call", "arguments"), OWNER_CALLS)
def test_owner_calls_on_a_dataset_that_does_not_exist_are_refused(commons, provider, call, arguments):
    with ape.reverts(commons.dataset_token.NotDatasetOwner):
        getattr(commons.dataset_token, call)(10**6, *arguments, sender=provider)


def test_publish_version_appends_and_tells_marketplaces(commons, stage, provider):
    token_id = stage.publish()

    receipt = commons.dataset_token.publishVersion(token_id, version(2), sender=provider)

    assert commons.dataset_token.versionCount(token_id) == 2
    assert commons.dataset_token.versionOf(token_id, 1).contentDigest == b"\x01" * 32
    assert commons.dataset_token.versionOf(token_id, 2).contentDigest == b"\x02" * 32
    assert [log.event_name for log in receipt.events] == ["VersionPublished", "MetadataUpdate"]
    assert receipt.events[0].number == 2


@pytest.mark.parametrize("number", [0, 2])
def test_version_of_a_number_that_does_not_exist_is_refused(commons, stage, number):
    token_id = stage.publish()

    with ape.reverts(commons.dataset_token.NoSuchVersion):
        commons.dataset_token.versionOf(token_id, number)


def test_token_uri_of_a_dataset_that_does_not_exist_is_refused(commons):
    with ape.reverts(commons.dataset_token.ERC721NonexistentToken):
        commons.dataset_token.tokenURI(10**6)


def test_set_payees_replaces_all_of_them(commons, stage, provider, contributor):
    token_id = stage.publish(payees=[provider, contributor], parts=[5_000, 5_000])

    commons.dataset_token.setPayees(token_id, [contributor], [10_000], sender=provider)

    assert commons.dataset_token.payeesOf(token_id) == ([contributor], [10_000])


@pytest.mark.parametrize("part", [9_999, 10_001])
def test_set_payees_that_do_not_add_up_is_refused(commons, stage, provider, contributor, part):
    token_id = stage.publish()

    with ape.reverts(commons.dataset_token.PartsDoNotAddUp):
        commons.dataset_token.setPayees(token_id, [contributor], [part], sender=provider)


def test_set_job_fee_can_be_set_and_taken_back(commons, stage, provider):
    token_id = stage.publish()
    commons.dataset_token.setJobFee(token_id, TOKEN, 5, sender=provider)
    assert commons.dataset_token.jobFeeOf(token_id) == (TOKEN, 5)

    commons.dataset_token.setJobFee(token_id, TOKEN, 0, sender=provider)

    assert commons.dataset_token.jobFeeOf(token_id).amount == 0


def test_set_job_fee_without_a_token_is_refused(commons, stage, provider):
    token_id = stage.publish()

    with ape.reverts(commons.dataset_token.JobFeeWithoutToken):
        commons.dataset_token.setJobFee(token_id, "0x" + "00" * 20, 5, sender=provider)


def test_retire_ends_new_use_and_keeps_history(commons, stage, provider):
    token_id = stage.publish()

    commons.dataset_token.retire(token_id, sender=provider)

    assert commons.dataset_token.isRetired(token_id)
    assert commons.dataset_token.versionOf(token_id, 1).sizeBytes == 1_001
    assert not commons.dataset_token.permitsJob(token_id, short_name("qsvm"))
    with ape.reverts(commons.dataset_token.DatasetIsRetired):
        commons.dataset_token.publishVersion(token_id, version(2), sender=provider)
    with ape.reverts(commons.dataset_token.DatasetIsRetired):
        commons.dataset_token.retire(token_id, sender=provider)


def test_permits_job_follows_the_policy(commons, stage):
    download_only = stage.publish(policy=policy(compute=False))
    qsvm_only = stage.publish(policy=policy(algorithms=[short_name("qsvm")]))

    assert not commons.dataset_token.permitsJob(download_only, short_name("qsvm"))
    assert commons.dataset_token.permitsJob(qsvm_only, short_name("qsvm"))
    assert not commons.dataset_token.permitsJob(qsvm_only, short_name("vqe"))


def test_transfer_clears_standing_consent_and_opens_a_new_epoch(commons, stage, provider, stranger):
    token_id = stage.publish(standingConsent=True)

    receipt = commons.dataset_token.transferFrom(provider, stranger, token_id, sender=provider)

    assert commons.dataset_token.ownerOf(token_id) == stranger
    assert not commons.dataset_token.hasStandingConsent(token_id)
    assert commons.dataset_token.consentEpoch(token_id) == 1
    cleared = receipt.decode_logs(commons.dataset_token.StandingConsentSet)
    assert [event.standing for event in cleared] == [False]


def test_transfer_by_stranger_is_refused(commons, stage, provider, stranger):
    token_id = stage.publish()

    with ape.reverts(commons.dataset_token.ERC721InsufficientApproval):
        commons.dataset_token.transferFrom(provider, stranger, token_id, sender=stranger)
