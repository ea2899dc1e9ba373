"""DatasetToken: many versions under one Merkle root, opened one by one by their proofs."""

from typing import Any

import ape
import pytest
from batch_tree import leaf_of, proof_of, root_of
from stage import version

COUNT = 5


def tree(token_id: int, first: int = 2, count: int = COUNT) -> tuple[list[dict[str, Any]], list[bytes]]:
    """Versions `first` to `first + count - 1`, and their leaves."""
    versions = [version(number) for number in range(first, first + count)]
    return versions, [leaf_of(token_id, first + i, each) for i, each in enumerate(versions)]


@pytest.fixture
def batch(commons, stage, provider):
    """(token id, versions 2 to 6, their leaves), published together."""
    token_id = stage.publish()
    versions, leaves = tree(token_id)
    commons.dataset_token.publishVersions(
        token_id, root_of(leaves), COUNT, versions[-1], proof_of(leaves, COUNT - 1), sender=provider
    )
    return token_id, versions, leaves


def test_publish_versions_numbers_them_all_and_writes_the_newest_out(commons, stage, provider):
    token_id = stage.publish()
    versions, leaves = tree(token_id)

    receipt = commons.dataset_token.publishVersions(
        token_id, root_of(leaves), COUNT, versions[-1], proof_of(leaves, COUNT - 1), sender=provider
    )

    names = [log.event_name for log in receipt.events]
    assert names == ["VersionsPublished", "VersionPublished", "MetadataUpdate"]
    told = receipt.events[0]
    assert (told.batch, told.first, told.last, told.root) == (0, 2, 6, root_of(leaves))
    assert commons.dataset_token.versionCount(token_id) == 6
    assert commons.dataset_token.versionOf(token_id, 6).contentDigest == b"\x06" * 32
    assert [commons.dataset_token.hasVersion(token_id, n) for n in range(8)] == [
        False, True, False, False, False, False, True, False,
    ]  # fmt: skip
    held = commons.dataset_token.batchOf(token_id, 0)
    assert (held.root, held.first, held.count) == (root_of(leaves), 2, COUNT)


def test_version_of_a_batch_is_opened_by_anybody_with_its_proof(commons, batch, stranger):
    token_id, versions, leaves = batch

    with ape.reverts(commons.dataset_token.VersionNotOpen):
        commons.dataset_token.versionOf(token_id, 4)
    receipt = commons.dataset_token.openVersion(
        token_id, 0, 4, versions[2], proof_of(leaves, 2), sender=stranger
    )

    assert [log.event_name for log in receipt.events] == ["VersionPublished"]
    assert commons.dataset_token.versionOf(token_id, 4).contentDigest == b"\x04" * 32
    assert commons.dataset_token.versionCount(token_id) == 6


def test_leaf_and_tree_are_those_of_the_contract(commons, batch):
    token_id, versions, leaves = batch

    for i, each in enumerate(versions):
        assert commons.dataset_token.versionLeaf(token_id, 2 + i, each) == leaves[i]


def test_open_version_twice_is_refused(commons, batch, stranger):
    token_id, versions, leaves = batch
    newest = (token_id, 0, 6, versions[-1], proof_of(leaves, COUNT - 1))

    with ape.reverts(commons.dataset_token.VersionIsOpen):
        commons.dataset_token.openVersion(*newest, sender=stranger)


def test_open_version_of_another_batch_or_number_is_refused(commons, batch, stranger):
    token_id, versions, leaves = batch
    proof = proof_of(leaves, 2)

    with ape.reverts(commons.dataset_token.NoSuchBatch):
        commons.dataset_token.openVersion(token_id, 1, 4, versions[2], proof, sender=stranger)
    for number in (0, 7):
        with ape.reverts(commons.dataset_token.NotInBatch):
            commons.dataset_token.openVersion(token_id, 0, number, versions[2], proof, sender=stranger)


def test_open_version_that_is_not_under_the_root_is_refused(commons, batch, stranger):
    token_id, versions, leaves = batch

    for number, other, proof in (
        (4, versions[3], proof_of(leaves, 2)),
        (3, versions[2], proof_of(leaves, 2)),
        (4, versions[2], proof_of(leaves, 1)),
        (4, versions[2], []),
    ):
        with ape.reverts(commons.dataset_token.NotInBatch):
            commons.dataset_token.openVersion(token_id, 0, number, other, proof, sender=stranger)


def test_publish_versions_by_others_after_retirement_or_with_a_wrong_root_is_refused(
    commons, stage, provider, stranger
):
    token_id = stage.publish()
    versions, leaves = tree(token_id)
    good = (token_id, root_of(leaves), COUNT, versions[-1], proof_of(leaves, COUNT - 1))

    with ape.reverts(commons.dataset_token.NotDatasetOwner):
        commons.dataset_token.publishVersions(*good, sender=stranger)
    with ape.reverts(commons.dataset_token.NotInBatch):
        commons.dataset_token.publishVersions(token_id, b"\x01" * 32, *good[2:], sender=provider)
    commons.dataset_token.publishVersions(*good, sender=provider)
    with ape.reverts(commons.dataset_token.NotInBatch):  # its numbers are spent
        commons.dataset_token.publishVersions(*good, sender=provider)
    commons.dataset_token.retire(token_id, sender=provider)
    with ape.reverts(commons.dataset_token.DatasetIsRetired):
        commons.dataset_token.publishVersions(*good, sender=provider)


@pytest.mark.parametrize("count", [0, 1, 65_537])
def test_publish_versions_of_too_few_or_too_many_is_refused(commons, stage, provider, count):
    token_id = stage.publish()
    versions, leaves = tree(token_id)

    with ape.reverts(commons.dataset_token.BadBatch):
        commons.dataset_token.publishVersions(
            token_id, root_of(leaves), count, versions[-1], proof_of(leaves, COUNT - 1), sender=provider
        )


def test_job_names_a_version_of_a_batch_once_it_is_open(commons, stage, batch, stranger):
    token_id, versions, leaves = batch
    passes = [stage.grant(token_id)]

    with ape.reverts("JobBoard: no such dataset version"):
        stage.request_job([token_id], passes, versions=[4])
    commons.dataset_token.openVersion(token_id, 0, 4, versions[2], proof_of(leaves, 2), sender=stranger)
    assert stage.request_job([token_id], passes, versions=[4]) == 1


def test_owner_who_put_two_contents_under_one_number_is_held_to_the_one_opened_first(
    commons, stage, provider, stranger
):
    token_id, datasets = stage.publish(), commons.dataset_token
    versions = [version(seed) for seed in (2, 3, 4)]
    leaves = [leaf_of(token_id, number, each) for number, each in zip((2, 2, 3), versions, strict=True)]
    newest = (token_id, root_of(leaves), 2, versions[2], proof_of(leaves, 2))
    datasets.publishVersions(*newest, sender=provider)
    assert not datasets.hasVersion(token_id, 2), "until it is opened, no job can name it"

    datasets.openVersion(token_id, 0, 2, versions[0], proof_of(leaves, 0), sender=stranger)

    with ape.reverts(datasets.VersionIsOpen):
        datasets.openVersion(token_id, 0, 2, versions[1], proof_of(leaves, 1), sender=provider)
    assert datasets.versionOf(token_id, 2).contentDigest == versions[0]["contentDigest"]
