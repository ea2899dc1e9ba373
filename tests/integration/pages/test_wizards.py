"""The publish wizard and the job form: what each step shows, and to whom."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from marketplace.models import DatasetDraft, Upload
from marketplace.rules.algorithms import ALGORITHM_WORDS
from qjobs.spec.kinds import KIND_OF
from tests.fakes import rows

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.mark.attack("S36")
def test_upload_is_its_owners_alone(owner: Client, reader: Client, sign_in: SignIn) -> None:
    upload = add_upload()

    assert "kinds.csv" in owner.get(f"/datasets/publish/{upload.pk}").text
    assert sign_in(rows.MEMBER).get(f"/datasets/publish/{upload.pk}").status_code == 404
    assert "kinds.csv" not in sign_in(rows.MEMBER).get("/datasets/publish").text
    assert "kinds.csv" not in reader.get(f"/datasets/publish/{upload.pk}").text


def test_wizard_shows_the_terms_of_the_newest_draft_again(owner: Client) -> None:
    upload = add_upload()
    DatasetDraft.objects.create(
        upload=upload,
        title="Kinds",
        metadata_cid="bafkrei",
        metadata_digest=rows.digest("metadata 9"),
        terms={
            "title": "Kinds",
            "licence": "MIT",
            "keywords": ["a", "b"],
            "rows_in_model": "sealed",
            "royalty_bps": 250,
            "payees": [{"address": rows.PROVIDER, "parts": 7_500}, {"address": rows.MEMBER, "parts": 2_500}],
            "job_fee": {"token": rows.DOLLAR, "amount": "1500000"},
        },
    )

    text = owner.get(f"/datasets/publish/{upload.pk}").text

    values = ('"MIT"', '"a, b"', '"2.5"', '"75"', '"1.5"')
    for words in ("not minted yet", *(f"value={value}" for value in values)):
        assert words in text


def test_wizard_of_a_minted_draft_offers_the_listing(owner: Client) -> None:
    rows.add_dataset(1)
    upload = add_upload(content="content 1")
    DatasetDraft.objects.create(
        upload=upload, title="Kinds", metadata_cid="c", metadata_digest=rows.digest("metadata 1"), terms={}
    )

    text = owner.get(f"/datasets/publish/{upload.pk}").text

    assert "dataset 1</a>" in text
    assert 'data-path="datasets/1/listings"' in text


def test_job_form_offers_numeric_columns_and_classes(reader: Client, sign_in: SignIn) -> None:
    rows.add_dataset(1)

    text = sign_in(rows.RESEARCHER).get("/jobs/new?dataset=1").text

    for words in ("mean radius 4", 'value="4" required', "benign", "You hold no pass", "2 TUSD"):
        assert words in text
    assert "Sign in to request a job" in reader.get("/jobs/new?dataset=1").text


@pytest.mark.parametrize(
    "address", ["/jobs/new", "/jobs/new?dataset=9", "/jobs/new?spec=0x12", "/jobs/requested?spec=0x12"]
)
def test_job_form_without_a_subject_answers_404(owner: Client, address: str) -> None:
    assert owner.get(address).status_code == 404


def add_upload(content: str = "file") -> Upload:
    return Upload.objects.create(
        owner=User.objects.get(address=rows.PROVIDER),
        file_name="kinds.csv",
        cid="bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
        codec=0x55,
        content_digest=rows.digest(content),
        sha256="00" * 32,
        size_bytes=10,
        profile=rows.profile_document(3),
    )


def test_terms_offer_every_algorithm_by_name_and_keep_those_ticked(owner: Client) -> None:
    upload = add_upload()
    assert set(ALGORITHM_WORDS) == set(KIND_OF)
    fresh = ticks(owner.get(f"/datasets/publish/{upload.pk}").text)
    DatasetDraft.objects.create(
        upload=upload,
        title="Kinds",
        metadata_cid="c",
        metadata_digest=rows.digest("metadata 1"),
        terms={"algorithms": ["vqe", "later-one"], "payees": []},
    )

    kept = ticks(owner.get(f"/datasets/publish/{upload.pk}").text)

    assert fresh == dict.fromkeys(ALGORITHM_WORDS, False)
    assert kept == {**fresh, "vqe": True, "later-one": True}


def ticks(text: str) -> dict[str, bool]:
    """Whether each algorithm's box is ticked."""
    found = re.findall(r'name="algorithms" value="([\w-]+)"( checked)?', text)
    return {name: bool(checked) for name, checked in found}
