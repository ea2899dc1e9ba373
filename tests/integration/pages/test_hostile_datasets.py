"""Strangers' texts on what a dataset has beside its page: changes, wizard, JSON, downloads."""

import json

import pytest
from django.test import Client

from accounts.models import User
from marketplace.models import Dataset, DatasetDraft, DatasetVersion, Upload, VersionMetadata
from marketplace.store import content_store
from tests.fakes import rows
from tests.integration.pages.test_hostile_text import PAYLOADS, Markup

pytestmark = [pytest.mark.django_db, pytest.mark.attack("S18")]


@pytest.fixture(params=PAYLOADS, ids=range(len(PAYLOADS)))
def payload(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def two_versions(payload: str) -> None:
    """A dataset whose second version changed every text to the payload."""
    rows.add_head()
    rows.add_dataset(1)
    document = json.dumps({"@type": "sc:Dataset", "name": payload}).encode()
    digest = "0x" + content_store().add_block(document).digest.hex()
    first = DatasetVersion.objects.get(number=1)
    described = VersionMetadata.objects.get(pk=first.metadata_digest)
    described.digest, described.title, described.description = digest, payload[:200], payload
    described.creator, described.keywords, described.label_column = payload[:200], [payload], payload[:200]
    described.profile = rows.profile_document(3, payload) | {"preview": [[payload] * 4]}
    described.columns = [{"name": payload, "type": "text"}]
    described.save(force_insert=True)
    with rows.projecting():
        first.key, first.number, first.metadata_digest = "1/2", 2, digest
        first.save(force_insert=True)
        Dataset.objects.update(version_count=2, newest_metadata_digest=digest)


@pytest.mark.usefixtures("two_versions")
@pytest.mark.parametrize("address", ["/datasets/1", "/datasets/1/versions/2/changes", "/datasets"])
def test_pages_of_versions_show_them_as_text(reader: Client, address: str) -> None:
    page = reader.get(address)
    markup = Markup()
    markup.feed(page.text)

    assert page.status_code == 200
    assert markup.dangers == []


@pytest.mark.attack("S24")
@pytest.mark.usefixtures("two_versions")
@pytest.mark.parametrize("path", ["", "/1", "/1/versions", "/1/versions/2", "/1/terms", "/1/croissant"])
def test_answers_of_the_api_are_data_that_no_browser_takes_for_a_page(reader: Client, path: str) -> None:
    answer = reader.get(f"/api/v1/datasets{path}")

    assert answer.status_code == 200
    assert answer["Content-Type"].split(";")[0] in {"application/json", "application/ld+json"}
    assert answer["X-Content-Type-Options"] == "nosniff"
    json.loads(answer.content)


@pytest.mark.usefixtures("two_versions")
def test_title_comes_out_of_the_api_as_it_went_in(reader: Client, payload: str) -> None:
    newest = reader.get("/api/v1/datasets/1").json()["newest_version"]

    assert newest["metadata"]["title"] == payload[:200]


@pytest.mark.usefixtures("two_versions")
def test_last_step_of_the_wizard_shows_them_as_text(owner: Client, payload: str) -> None:
    file = Upload.objects.create(
        owner=User.objects.get(address=rows.PROVIDER),
        file_name=payload[:200],
        cid="bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
        codec=0x55,
        content_digest=rows.digest("content 1"),
        sha256="00" * 32,
        size_bytes=10,
        profile=rows.profile_document(3, payload),
    )
    DatasetDraft.objects.create(
        upload=file,
        title=payload[:200],
        metadata_cid="cid",
        metadata_digest=rows.digest("metadata 1"),
        terms={"title": payload[:200], "payees": []},
    )
    for address in (f"/datasets/publish/{file.pk}", "/datasets/publish"):
        page = owner.get(address)
        markup = Markup()
        markup.feed(page.text)

        assert page.status_code == 200
        assert markup.dangers == []


@pytest.mark.parametrize("first", ["0", "3", "-1", "x", "9" * 19, "9" * 5_000, "\u0663", "%00"])
def test_changes_from_a_version_that_is_none_are_not_found(reader: Client, first: str) -> None:
    rows.add_dataset(1)

    assert reader.get("/datasets/1/versions/1/changes", {"from": first}).status_code == 404
