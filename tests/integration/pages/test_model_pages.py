"""The page of a model: who may ask it, and for what it is offered."""

import base64
import json
import re
from collections.abc import Callable

import pytest
from django.test import Client

from marketplace.models import Listing, ModelTransfers, Right, SubjectKind
from qjobs.algorithms.qpca.job import run_qpca
from qjobs.algorithms.qpca.rows import read_features
from qjobs.algorithms.result import MODEL_FILE
from qjobs.algorithms.rows import TableBytes
from qjobs.models import JobParent
from qjobs.spec import spec_digest
from tests.fakes import job_rows, rows
from tests.fakes.posted_models import SPEC, add_predict_pass, add_trained_model, artefact, irises
from tests.vectors.qjobs.reductions import FLOWERS, reduction_spec

pytestmark = pytest.mark.django_db


def test_owner_and_holder_of_a_pass_get_the_form_with_every_feature(sign_in: Callable[[str], Client]) -> None:
    add_trained_model()
    add_predict_pass(7)

    owners, holders = (sign_in(wallet).get("/models/1").text for wallet in (rows.RESEARCHER, rows.MEMBER))

    assert "You may ask as its owner" in owners
    assert "holder of pass 7" in holders
    for text in (owners, holders):
        assert "jobs/predict.js" in text
        assert ",".join(irises().feature_names) in text
        for name in irises().feature_names:
            assert f'name="{name}"' in text


def test_reader_without_a_right_is_told_who_may_ask(reader: Client, sign_in: Callable[[str], Client]) -> None:
    add_trained_model()
    add_predict_pass(7, is_revoked=True)

    visitors, strangers = reader.get("/models/1").text, sign_in(rows.MEMBER).get("/models/1").text

    assert "Sign in to predict" in visitors
    for text in (visitors, strangers):
        assert "Its owner and holders of a pass to predict" in text
        assert "data-predict" not in text


def test_sealed_model_says_how_many_rows_and_who_opens_it_and_gives_its_owner_the_form_for_a_link(
    reader: Client, sign_in: Callable[[str], Client]
) -> None:
    add_trained_model(sealed=[MODEL_FILE])
    add_predict_pass(7)
    final = json.loads(artefact()["metrics.json"])["final_model"]
    form = f'action="/models/1/files/{MODEL_FILE}"'

    pages = [
        reader.get("/models/1").text,
        sign_in(rows.MEMBER).get("/models/1").text,
        sign_in(rows.RESEARCHER).get("/models/1").text,
    ]

    for text in pages:
        assert f"{MODEL_FILE} is sealed: it carries {final['support_vectors']} rows of the data" in text
        assert "Whoever holds the model token can open it" in text
        assert "All files but the sealed ones are public" in text
    assert [form in text for text in pages] == [False, False, True]
    assert "never gives its holder the file" in pages[0]
    assert "you may ask" in pages[1].lower()
    assert f"{MODEL_FILE} is sealed" in reader.get("/jobs/1").text
    refused = reader.post(f"/models/1/files/{MODEL_FILE}")
    assert (refused.status_code, "Sign in with the wallet that holds the model token" in refused.text) == (
        403,
        True,
    )


def test_model_that_is_not_sealed_says_nothing_of_seals(reader: Client) -> None:
    add_trained_model()

    assert "sealed" not in reader.get("/models/1").text


def test_model_whose_files_name_no_features_offers_no_form(sign_in: Callable[[str], Client]) -> None:
    add_trained_model(files={**artefact(), "preprocessing.json": b"[]"})

    assert 'id="predict"' not in sign_in(rows.RESEARCHER).get("/models/1").text


def test_model_of_main_directions_says_that_it_gives_coordinates(sign_in: Callable[[str], Client]) -> None:
    spec = reduction_spec(splits={"count": 2})
    files = run_qpca(spec, read_features(spec, {1: TableBytes(FLOWERS)})).files
    add_trained_model(files=dict(files), spec=spec)

    text = sign_in(rows.RESEARCHER).get("/models/1").text

    assert "coordinates on its 2 main directions" in text
    assert 'data-predict="models/1/predict"' in text
    assert "a,b,c,d" in text


def test_offer_of_the_owner_is_sold_on_the_page_and_that_of_an_owner_before_is_not(
    sign_in: Callable[[str], Client],
) -> None:
    add_trained_model()
    subject = {"subject_kind": SubjectKind.MODEL, "subject_id": 1}
    rows.add_listing(5, right=Right.PREDICT, seller=rows.RESEARCHER, **subject)
    rows.add_listing(6, right=Right.PREDICT, seller=rows.PROVIDER, **subject)

    strangers, owners = (sign_in(wallet).get("/models/1").text for wallet in (rows.MEMBER, rows.RESEARCHER))

    assert 'data-path="listings/5/purchase"' in strangers
    assert "listings/6/purchase" not in strangers
    assert 'data-path="models/1/listings"' not in strangers
    assert 'data-path="models/1/listings"' in owners
    assert "listings/5/purchase" not in owners


def test_model_itself_is_offered_apart_from_passes_and_its_owner_alone_is_shown_how_to_sell_it(
    sign_in: Callable[[str], Client],
) -> None:
    add_trained_model()
    subject = {"subject_kind": SubjectKind.MODEL, "subject_id": 1, "right": Right.OWNERSHIP, "stock": 1}
    before = sign_in(rows.RESEARCHER).get("/models/1").text
    rows.add_listing(5, seller=rows.RESEARCHER, **subject)
    rows.add_listing(4, seller=rows.RESEARCHER, **subject)
    rows.add_listing(3, seller=rows.PROVIDER, **subject)
    with rows.projecting():
        ModelTransfers.objects.create(token_id=1, transfers=2)
        Listing.objects.filter(pk__in=(4, 5)).update(subject_epoch=2)

    strangers, owners = (sign_in(wallet).get("/models/1").text for wallet in (rows.MEMBER, rows.RESEARCHER))

    assert 'data-path="listings/5/purchase"' in strangers
    assert "the buyer becomes owner number 4" in strangers
    assert "listings/3/purchase" not in strangers
    assert "listings/4/purchase" not in strangers, "listing 5 took its place"
    assert 'data-path="models/1/sale"' not in strangers
    assert "Sell this model" in before
    assert "takes the place of this one" in owners
    assert 'data-path="models/1/sale"' in owners
    assert "listings/5/purchase" not in owners
    assert 'data-path="listings/5/delisting"' in owners
    assert "listings/5/delisting" not in strangers
    with rows.projecting():
        Listing.objects.filter(pk=5).update(is_delisted=True)
    assert "listings/4/purchase" not in sign_in(rows.MEMBER).get("/models/1").text, "it stays replaced"


def test_lineage_names_data_parents_job_model_and_later_jobs_in_picture_and_list(reader: Client) -> None:
    add_trained_model(1)
    for job_id, parent in ((1, 8), (4, 1)):
        if job_id != 1:
            job_rows.add_job(job_id)
        with rows.projecting():
            JobParent.objects.create(
                job_parent_id=f"{job_id}-{parent}", job_id=job_id, position=0, model_id=parent
            )

    text = reader.get("/models/1").text

    drawn = base64.b64decode(re.findall(r'class="lineage-picture" src="[^,]+,([^"]+)"', text)[0]).decode()
    assert re.findall(r"<text[^>]*>([^<]+)</text>", drawn) == [
        "Dataset 1 v1",
        "Model 8",
        "Job 1",
        "Model 1",
        "Job 4",
    ]
    for address in ("/datasets/1", "/models/8", "/jobs/1", "/jobs/4"):
        assert f'href="{address}"' in text


def test_page_of_a_dataset_shows_the_jobs_and_models_that_came_of_it(reader: Client) -> None:
    add_trained_model(1)
    job_rows.add_job(2)

    text = reader.get("/datasets/1").text

    drawn = base64.b64decode(re.findall(r'class="lineage-picture" src="[^,]+,([^"]+)"', text)[0]).decode()
    assert re.findall(r"<text[^>]*>([^<]+)</text>", drawn) == ["Dataset 1", "Job 2", "Job 1", "Model 1"]
    assert '→ <a href="/models/1">model 1</a>' in text


def test_dataset_that_nobody_used_shows_no_lineage(reader: Client) -> None:
    rows.add_head()
    rows.add_dataset(1)

    assert "lineage-picture" not in reader.get("/datasets/1").text


def test_list_finds_models_by_the_words_of_their_titles(reader: Client) -> None:
    add_trained_model(1)
    job_rows.add_document(spec_digest(SPEC))
    job_rows.add_job(2)
    job_rows.add_result(2)
    word = SPEC.title.split()[-1].upper()

    found, none = reader.get("/models", {"q": word}).text, reader.get("/models", {"q": f"{word} zebra"}).text
    by_script = reader.get("/api/v1/models", {"q": word}).json()["results"]

    assert 'href="/models/1"' in found
    assert 'href="/models/2"' not in found
    assert "No title has these words" in none
    assert [one["token_id"] for one in by_script] == ["1"]


def test_script_finds_the_models_of_a_dataset(reader: Client) -> None:
    add_trained_model(1)
    job_rows.add_job(2, dataset_id=7)
    job_rows.add_result(2)

    by_dataset = reader.get("/api/v1/models", {"dataset_id": "7"}).json()["results"]

    assert [one["token_id"] for one in by_dataset] == ["2"]


@pytest.mark.parametrize("query", ["\x00", "a" * 201, "\u202e"])
def test_search_for_what_nobody_can_read_is_refused(reader: Client, query: str) -> None:
    assert reader.get("/models", {"q": query}).status_code == 404
    assert reader.get("/api/v1/models", {"q": query}).status_code == 422


def test_page_shows_card_licence_and_how_many_may_ask(reader: Client) -> None:
    add_trained_model(1, files={**artefact(), "README.md": b"# Card\n<script>alert(1)</script>"})
    add_predict_pass(7)
    add_predict_pass(8, is_revoked=True)

    text = reader.get("/models/1").text

    assert "# Card\n&lt;script&gt;alert(1)" in text
    assert "<dd>1 to predict, held now</dd>" in text
    assert "CC-BY-4.0" in text


def test_card_that_is_no_text_is_left_out(reader: Client) -> None:
    add_trained_model(1, files={**artefact(), "README.md": b"\xff\xfe"})

    assert "Model card" not in reader.get("/models/1").text
