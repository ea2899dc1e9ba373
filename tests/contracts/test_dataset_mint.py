"""DatasetToken: what a mint fixes, and what it refuses."""

import ape
import pytest
from deployment.parameters import short_name
from stage import mint_terms, policy, version

ANY_TOKEN = "0x" + "77" * 20
NOBODY = "0x" + "00" * 20


def test_mint_by_anyone_gives_the_token_and_tells_every_term(commons, stranger, contributor):
    datasets = commons.dataset_token
    terms = mint_terms(stranger, payees=[stranger, contributor], parts=[7_500, 2_500], royaltyBps=500)

    receipt = datasets.mint(terms, sender=stranger)

    token_id = datasets.datasetCount()
    assert datasets.ownerOf(token_id) == stranger
    assert datasets.versionCount(token_id) == 1
    assert datasets.payeesOf(token_id) == ([stranger, contributor], [7_500, 2_500])
    assert datasets.hasStandingConsent(token_id)
    assert datasets.royaltyInfo(token_id, 1_000) == (stranger, 50)
    names = [log.event_name for log in receipt.events]
    assert names == [
        "Transfer",
        "DatasetMinted",
        "PolicySet",
        "VersionPublished",
        "PayeesSet",
        "StandingConsentSet",
        "JobFeeSet",
    ]


def test_mint_keeps_the_policy(commons, stage):
    algorithms = [short_name("qsvm"), short_name("vqe")]
    token_id = stage.publish(policy=policy(download=False, rowsInModel=2, algorithms=algorithms))

    kept = commons.dataset_token.policyOf(token_id)

    assert (kept.download, kept.compute, kept.rowsInModel) == (False, True, 2)
    assert kept.algorithms == algorithms


def test_mint_keeps_the_version(commons, stage):
    token_id = stage.publish(version=version(9))

    kept = commons.dataset_token.versionOf(token_id, 1)

    assert dict(kept.items()) == version(9)


def test_token_uri_is_the_cid_of_the_newest_metadata(commons, stage):
    token_id = stage.publish(version=version(9))

    assert commons.dataset_token.tokenURI(token_id) == "ipfs://f01551220" + "6d" * 32


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"version": {**version(), "codec": 0x71}}, "UnknownCodec"),
        ({"version": {**version(), "contentDigest": bytes(32)}}, "EmptyVersion"),
        ({"version": {**version(), "metadataDigest": bytes(32)}}, "EmptyVersion"),
        ({"version": {**version(), "sizeBytes": 0}}, "EmptyVersion"),
        ({"policy": policy(download=False, compute=False)}, "EmptyPolicy"),
        ({"policy": policy(rowsInModel=3)}, "UnknownRowsInModel"),
        ({"policy": policy(algorithms=[short_name(f"a{i}") for i in range(17)])}, "TooManyAlgorithms"),
        ({"payees": [], "parts": []}, "BadPayees"),
        ({"payees": [ANY_TOKEN] * 9, "parts": [1_000] * 8 + [2_000]}, "BadPayees"),
        ({"payees": [ANY_TOKEN], "parts": [5_000, 5_000]}, "BadPayees"),
        ({"payees": [NOBODY], "parts": [10_000]}, "BadPart"),
        ({"payees": [ANY_TOKEN] * 2, "parts": [10_000, 0]}, "BadPart"),
        ({"payees": [ANY_TOKEN] * 2, "parts": [5_000, 4_999]}, "PartsDoNotAddUp"),
        ({"payees": [ANY_TOKEN] * 2, "parts": [5_000, 5_001]}, "PartsDoNotAddUp"),
        ({"jobFee": 1}, "JobFeeWithoutToken"),
        ({"royaltyBps": 1_001}, "RoyaltyTooHigh"),
    ],
)
def test_mint_with_terms_that_cannot_be_is_refused(commons, provider, changes, error):
    with ape.reverts(getattr(commons.dataset_token, error)):
        commons.dataset_token.mint(mint_terms(provider, **changes), sender=provider)


def test_mint_takes_eight_payees_and_sixteen_algorithms(commons, stage):
    algorithms = [short_name(f"a{i}") for i in range(16)]

    token_id = stage.publish(
        payees=[ANY_TOKEN] * 8, parts=[1_250] * 8, policy=policy(algorithms=algorithms), royaltyBps=1_000
    )

    assert len(commons.dataset_token.payeesOf(token_id)[0]) == 8
    assert commons.dataset_token.permitsJob(token_id, short_name("a15"))
    assert not commons.dataset_token.permitsJob(token_id, short_name("a16"))


@pytest.mark.parametrize("interface", ["0x80ac58cd", "0x2a55205a", "0x49064906", "0x01ffc9a7"])
def test_dataset_token_says_which_standards_it_keeps(commons, interface):
    assert commons.dataset_token.supportsInterface(interface)
    assert not commons.dataset_token.supportsInterface("0xffffffff")
