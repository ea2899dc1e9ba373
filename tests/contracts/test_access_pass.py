"""AccessPass: rights given, used and bound to their holder."""

import ape
import pytest
from stage import COMPUTE, DATASET, DOWNLOAD, MODEL, PREDICT, policy, version

NOBODY = "0x" + "00" * 20


@pytest.fixture
def job_board(commons, accounts):
    """JobBoard as a sender."""
    ape.networks.provider.set_balance(commons.addresses["JobBoard"], 10**18)
    return accounts[commons.addresses["JobBoard"]]


def test_grant_by_the_owner_gives_one_pass_to_one_holder(commons, stage, provider, researcher):
    dataset_id = stage.publish()

    receipt = commons.access_pass.grant(
        DATASET, dataset_id, researcher, COMPUTE, 1, stage.now() + 1_000, 3, sender=provider
    )

    pass_id = commons.access_pass.passCount()
    kept = commons.access_pass.passOf(pass_id)
    assert commons.access_pass.balanceOf(researcher, pass_id) == 1
    assert (kept.subjectId, kept.right, kept.usesTotal, kept.usesLeft) == (dataset_id, COMPUTE, 3, 3)
    assert (kept.holder, kept.pricePaid, kept.revoked) == (researcher, 0, False)
    assert receipt.decode_logs(commons.access_pass.PassIssued)[0].holder == researcher


def test_grant_by_stranger_is_refused(commons, stage, stranger):
    dataset_id = stage.publish()

    with ape.reverts(commons.access_pass.NotSubjectOwner):
        commons.access_pass.grant(DATASET, dataset_id, stranger, COMPUTE, 1, 0, 0, sender=stranger)


@pytest.mark.parametrize("subject", [(DATASET, 10**6), (MODEL, 10**6), (2, 1)])
def test_grant_on_what_does_not_exist_is_refused(commons, stage, provider, subject):
    with ape.reverts(commons.access_pass.NotSubjectOwner):
        commons.access_pass.grant(*subject, provider, COMPUTE, 1, 0, 0, sender=provider)


@pytest.mark.parametrize(
    ("terms", "right"),
    [
        (policy(download=False), DOWNLOAD),
        (policy(compute=False), COMPUTE),
        (policy(), PREDICT),
        (policy(), 0),
        (policy(), 4),
    ],
)
def test_grant_beyond_the_policy_is_refused(commons, stage, provider, terms, right):
    dataset_id = stage.publish(policy=terms)

    with ape.reverts(commons.access_pass.RightNotGrantable):
        commons.access_pass.grant(DATASET, dataset_id, provider, right, 1, 0, 0, sender=provider)


def test_grant_on_a_retired_dataset_is_refused(commons, stage, provider):
    dataset_id = stage.publish()
    commons.dataset_token.retire(dataset_id, sender=provider)

    with ape.reverts(commons.access_pass.RightNotGrantable):
        commons.access_pass.grant(DATASET, dataset_id, provider, COMPUTE, 1, 0, 0, sender=provider)


@pytest.mark.parametrize("first_version", [0, 2])
def test_grant_from_a_version_that_does_not_exist_is_refused(commons, stage, provider, first_version):
    dataset_id = stage.publish()

    with ape.reverts(commons.access_pass.NoSuchVersion):
        commons.access_pass.grant(
            DATASET, dataset_id, provider, COMPUTE, first_version, 0, 0, sender=provider
        )


def test_grant_that_expires_at_once_is_refused(commons, stage, provider):
    dataset_id = stage.publish()

    with ape.reverts(commons.access_pass.AlreadyExpired):
        commons.access_pass.grant(DATASET, dataset_id, provider, COMPUTE, 1, 1, 0, sender=provider)


@pytest.mark.parametrize("right", [DOWNLOAD, COMPUTE, PREDICT])
def test_grant_on_a_model_covers_every_right(commons, stage, researcher, stranger, right):
    model_id = stage.settled_model()

    commons.access_pass.grant(MODEL, model_id, stranger, right, 1, 0, 0, sender=researcher)

    pass_id = commons.access_pass.passCount()
    assert commons.access_pass.isUsable(pass_id, stranger, MODEL, model_id, right, 1)
    assert not commons.access_pass.isUsable(pass_id, stranger, MODEL, model_id, right, 2)


def test_issue_by_anyone_but_the_market_is_refused(commons, stage, provider):
    dataset_id = stage.publish()

    with ape.reverts(commons.access_pass.NotDataMarket):
        commons.access_pass.issue(provider, DATASET, dataset_id, COMPUTE, 1, 0, 0, NOBODY, 0, sender=provider)


def test_subject_terms_tell_epoch_newest_version_and_whether_the_right_may_be_sold(
    commons, stage, provider, researcher
):
    dataset_id = stage.publish(policy=policy(download=False))
    commons.dataset_token.publishVersion(dataset_id, version(2), sender=provider)
    commons.dataset_token.transferFrom(provider, researcher, dataset_id, sender=provider)

    compute = commons.access_pass.subjectTerms(DATASET, dataset_id, COMPUTE)
    download = commons.access_pass.subjectTerms(DATASET, dataset_id, DOWNLOAD)

    assert (compute.epoch, compute.newestVersion, compute.grantable) == (1, 2, True)
    assert not download.grantable
    assert not commons.access_pass.subjectTerms(MODEL, 10**6, PREDICT).grantable


def test_transfer_of_a_pass_is_refused(commons, stage, researcher, stranger):
    pass_id = stage.grant(stage.publish())

    with ape.reverts(commons.access_pass.NotTransferable):
        commons.access_pass.safeTransferFrom(researcher, stranger, pass_id, 1, b"", sender=researcher)
    assert commons.access_pass.balanceOf(researcher, pass_id) == 1


def test_reserve_and_release_use_by_job_board_count_uses(commons, stage, researcher, job_board):
    dataset_id = stage.publish()
    pass_id = stage.grant(dataset_id, uses=1)

    commons.access_pass.reserveUse(pass_id, researcher, dataset_id, 1, sender=job_board)
    assert commons.access_pass.passOf(pass_id).usesLeft == 0
    with ape.reverts(commons.access_pass.PassNotUsable):
        commons.access_pass.reserveUse(pass_id, researcher, dataset_id, 1, sender=job_board)
    commons.access_pass.releaseUse(pass_id, sender=job_board)

    assert commons.access_pass.passOf(pass_id).usesLeft == 1


def test_reserve_and_release_use_by_stranger_are_refused(commons, stage, researcher, stranger):
    dataset_id = stage.publish()
    pass_id = stage.grant(dataset_id)

    with ape.reverts(commons.access_pass.NotJobBoard):
        commons.access_pass.reserveUse(pass_id, researcher, dataset_id, 1, sender=stranger)
    with ape.reverts(commons.access_pass.NotJobBoard):
        commons.access_pass.releaseUse(pass_id, sender=stranger)


def test_pass_covers_its_first_version_and_later_ones(commons, stage, provider, researcher):
    dataset_id = stage.publish()
    commons.dataset_token.publishVersion(dataset_id, version(2), sender=provider)
    commons.access_pass.grant(DATASET, dataset_id, researcher, COMPUTE, 2, 0, 0, sender=provider)
    pass_id = commons.access_pass.passCount()
    commons.dataset_token.publishVersion(dataset_id, version(3), sender=provider)

    usable = [
        commons.access_pass.isUsable(pass_id, researcher, DATASET, dataset_id, COMPUTE, number)
        for number in range(5)
    ]

    assert usable == [False, False, True, True, False]


def test_pass_is_usable_by_its_holder_for_its_right_on_its_subject_alone(
    commons, stage, researcher, stranger
):
    dataset_id, other_id = stage.publish(), stage.publish()
    pass_id = stage.grant(dataset_id)
    usable = commons.access_pass.isUsable

    assert usable(pass_id, researcher, DATASET, dataset_id, COMPUTE, 1)
    assert not usable(pass_id, stranger, DATASET, dataset_id, COMPUTE, 1)
    assert not usable(pass_id, researcher, DATASET, dataset_id, DOWNLOAD, 1)
    assert not usable(pass_id, researcher, DATASET, other_id, COMPUTE, 1)
    assert not usable(pass_id, researcher, MODEL, dataset_id, COMPUTE, 1)
    assert not usable(pass_id + 1, NOBODY, DATASET, dataset_id, COMPUTE, 1)


def test_pass_ends_at_its_expiry(commons, stage, provider, researcher):
    dataset_id = stage.publish()
    expires_at = stage.now() + 1_000
    commons.access_pass.grant(DATASET, dataset_id, researcher, COMPUTE, 1, expires_at, 0, sender=provider)
    pass_id = commons.access_pass.passCount()
    arguments = (pass_id, researcher, DATASET, dataset_id, COMPUTE, 1)

    assert commons.access_pass.isUsable(*arguments)
    stage.wait(1_000)

    assert not commons.access_pass.isUsable(*arguments)


def test_pass_of_a_number_that_does_not_exist_is_refused(commons):
    with ape.reverts(commons.access_pass.NoSuchPass):
        commons.access_pass.passOf(10**6)
