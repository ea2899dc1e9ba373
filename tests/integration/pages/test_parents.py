"""Starting from a model: what the form offers, what is refused before the vote, what the pages say."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from common.errors import NotAllowed, Unavailable
from marketplace.models import Dataset
from marketplace.store import content_store
from qjobs.algorithms.result import METRICS_FILE, MODEL_FILE
from qjobs.models import JobDataset, JobParent, TrainedModel
from qjobs.rules.results import Beginning, result_of
from qjobs.selectors.parents import require_own_parents, start_model
from qjobs.services.parents import check_parent, with_start
from qjobs.spec import ParentRefused, QnnSpec, SpecRefused, build_spec, canonical_bytes, spec_digest
from storage.cid import Cid
from tests.fakes import job_rows, rows
from tests.fakes.posted_models import add_trained_model
from tests.integration.pages.test_job_copies import fields
from tests.vectors.qjobs.reductions import reduction_spec
from tests.vectors.qjobs.trained import as_qnn_spec, qnn_fields, qnn_spec

pytestmark = pytest.mark.django_db
PARENT = qnn_spec(title="The elder", dataset_token=rows.address(25), algorithm={"layers": {"count": 4}})
BEGUN = {
    "model": "1",
    "splits_begin": "fresh",
    "loss_at_start": 0.41,
    "loss_at_fresh_start": 0.73,
    "largest_move_rad": 0.5,
    "mean_move_rad": 0.125,
}
FILES = {MODEL_FILE: b"weights", METRICS_FILE: json.dumps({"models": {}}).encode()}


@pytest.fixture
def parent() -> None:
    """Model 1, the researcher's; the owner of dataset 1 allows any job."""
    add_trained_model(1, files=FILES, spec=PARENT)
    with rows.projecting():
        Dataset.objects.filter(pk=1).update(algorithms=[])


def child(**changes: Any) -> QnnSpec:
    """A spec that starts from model 1, completed as the service completes it."""
    algorithm = {"layers": {"count": 4}, **changes.pop("algorithm", {})}
    given = qnn_fields(dataset_token=rows.address(25), parent_models=["1"], algorithm=algorithm, **changes)
    return as_qnn_spec(with_start(given))


def offered(client: Client, query: str = "") -> str:
    """The form's choice of a model."""
    text = client.get(f"/jobs/new?dataset=1&algorithm=qnn{query}").text
    return re.search(r'<select id="parent".*?</select>', text)[0]


def test_the_form_offers_ones_own_circuits_alone(parent: None, sign_in: Callable[[str], Client]) -> None:
    add_trained_model(2, files=FILES, spec=reduction_spec(), dataset_id=2)

    owners, strangers = (offered(sign_in(wallet)) for wallet in (rows.RESEARCHER, rows.MEMBER))

    assert "model 1: The elder (2 qubits, 4 layers of real-amplitudes)" in owners
    assert "model 2" not in owners
    assert "small random angles" in strangers
    assert "model" not in strangers.partition("small random angles")[2]


def test_the_form_is_filled_in_with_the_circuit_of_a_model(
    parent: None, sign_in: Callable[[str], Client]
) -> None:
    client = sign_in(rows.RESEARCHER)

    text = client.get("/jobs/new?dataset=1&algorithm=qnn&parent=1").text

    filled = fields(text)
    assert (filled["parent"], filled["algorithm.layers.count"], filled["qubits"]) == ("1", "4", "2")
    assert "Filled in with the circuit of" in text
    assert fields(client.get("/jobs/new?dataset=1&algorithm=qnn").text)["algorithm.layers.count"] == "2"
    assert client.get("/jobs/new?dataset=1&algorithm=qnn&parent=7").status_code == 404
    assert client.get("/jobs/new?dataset=1&algorithm=qsvm&parent=1").status_code == 200


def test_a_copy_keeps_a_parent_that_is_anothers_and_says_so(
    parent: None, sign_in: Callable[[str], Client]
) -> None:
    spec = child()
    content_store().add_block(canonical_bytes(spec))
    job_rows.add_job(5, spec_digest=spec_digest(spec), algorithm="qnn")

    text = sign_in(rows.MEMBER).get("/jobs/new?from=5").text

    assert fields(text)["parent"] == "1"
    assert "model 1, not yours" in text


def test_what_a_parent_is_made_of_is_filled_in_by_the_chains_rows(parent: None) -> None:
    start = child().warm_start
    model = TrainedModel.objects.get(pk=1)

    assert start.manifest_cid == str(Cid.from_digest(model.artefact_digest))
    assert start.spec_cid == str(Cid.from_digest(spec_digest(PARENT)))
    assert start.seen_datasets == (1,)
    check_parent(child())


def test_fields_without_a_parent_to_complete_stay_as_they_are(parent: None) -> None:
    for given in (
        qnn_fields(),
        {**qnn_fields(), "parent_models": ["1", "2"]},
        {**qnn_fields(), "parent_models": ["9" * 5000]},
        {**qnn_fields(), "parent_models": "1"},
        {"algorithm": {"name": "qsvm"}, "parent_models": ["1"]},
    ):
        assert with_start(given) == given
    with pytest.raises(SpecRefused, match="parent_models"):
        build_spec({**qnn_fields(), "parent_models": ["9" * 5000]})


def test_a_line_of_models_that_has_seen_too_many_datasets_is_refused_with_the_limit(parent: None) -> None:
    honest = child().model_dump(mode="json")
    many = {**honest["warm_start"], "seen_datasets": [str(number) for number in range(2, 66)]}
    add_trained_model(2, files=FILES, spec=as_qnn_spec({**honest, "warm_start": many}), dataset_id=2)

    with pytest.raises(SpecRefused, match="at most 64 items"):
        build_spec(with_start({**honest, "parent_models": ["2"], "warm_start": None}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"qubits": 3}, "the number of qubits is 2 there and 3 here"),
        ({"algorithm": {"readout": "product"}}, "readout is first there and product here"),
        ({"chain_id": "5"}, "the chain is 31337 there and 5 here"),
    ],
)
def test_another_circuit_is_refused_with_both_numbers_before_anything_is_pinned(
    parent: None, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(ParentRefused, match=words) as refused:
        check_parent(child(**changes))

    assert refused.value.field == "parent_models"


@pytest.mark.attack("S34")
def test_a_document_that_names_other_bytes_than_the_chain_is_refused(parent: None) -> None:
    honest = child().model_dump(mode="json")
    other = str(Cid.from_digest("0x" + "ab" * 32))

    for part in ("spec_cid", "manifest_cid"):
        swapped = as_qnn_spec({**honest, "warm_start": {**honest["warm_start"], part: other}})
        with pytest.raises(ParentRefused, match=f"of model 1 is .* on chain, not {other}"):
            check_parent(swapped)
    for number in ("7", str(2**200)):
        with pytest.raises(ParentRefused, match=f"There is no model {number}"):
            check_parent(as_qnn_spec({**honest, "parent_models": [number]}))


def test_sealed_weights_are_refused_in_words() -> None:
    add_trained_model(1, files=FILES, spec=PARENT, sealed=[MODEL_FILE])

    with pytest.raises(
        ParentRefused, match="The weights of model 1 are sealed; training begins with public ones"
    ):
        check_parent(child())


def test_a_parent_whose_documents_are_away_cannot_be_named_now(parent: None, settings, tmp_path) -> None:
    spec = child()
    settings.STORE_DIR = tmp_path / "empty"

    with pytest.raises(ParentRefused, match="The spec of model 1 is not at hand here"):
        start_model(1)
    content_store().add_block(canonical_bytes(PARENT))
    with pytest.raises(Unavailable, match="The documents of model 1 are not at hand now"):
        check_parent(spec)


def test_only_the_owner_of_the_parent_may_ask_and_a_new_owner_from_the_transfer_on(parent: None) -> None:
    require_own_parents((1,), rows.RESEARCHER)
    with pytest.raises(NotAllowed, match="Only the owner of model 1 may start a job from it"):
        require_own_parents((1,), rows.MEMBER)
    with rows.projecting():
        TrainedModel.objects.filter(pk=1).update(owner=rows.MEMBER)

    require_own_parents((1,), rows.MEMBER)
    with pytest.raises(NotAllowed, match="model 1"):
        require_own_parents((1,), rows.RESEARCHER)


def test_the_owner_of_a_circuit_finds_the_way_to_train_it_further(
    parent: None, sign_in: Callable[[str], Client]
) -> None:
    link = "/jobs/new?dataset=1&amp;algorithm=qnn&amp;parent=1"

    assert link in sign_in(rows.RESEARCHER).get("/models/1").text
    assert link not in sign_in(rows.MEMBER).get("/models/1").text


def test_page_of_a_circuit_whose_job_names_no_dataset_offers_no_further_training(
    parent: None, sign_in: Callable[[str], Client]
) -> None:
    with rows.projecting():
        JobDataset.objects.all().delete()

    page = sign_in(rows.RESEARCHER).get("/models/1")

    assert page.status_code == 200
    assert "Train it further" not in page.text


def test_pages_of_job_and_model_say_where_training_began(parent: None, reader: Client) -> None:
    spec = child()
    files = {**FILES, METRICS_FILE: json.dumps({"models": {}, "parent": BEGUN}).encode()}
    add_trained_model(2, files=files, spec=spec, dataset_id=2)
    with rows.projecting():
        JobParent.objects.create(job_parent_id="2-1", job_id=2, model_id=1, position=0)

    assert "what that one was made from is proved on its page" in reader.get("/models/2").text
    for page in (reader.get("/jobs/2").text, reader.get("/models/2").text):
        words = " ".join(re.sub(r"<[^>]+>", "", page).split())
        assert "Training began with the weights of model 1: the loss was 0.4100 there and 0.7300" in words
        assert "began fresh, since that model may know rows" in words
        assert 'href="/models/1"' in page


@pytest.mark.attack("S31")
@pytest.mark.parametrize(
    "lie",
    [
        {"model": '1" onclick=x'},
        {"model": 1},
        {"model": "9" * 40},
        {"loss_at_start": "much"},
        {"loss_at_start": 10**400},
        {"mean_move_rad": None},
    ],
)
def test_a_beginning_of_another_shape_is_not_shown(lie: dict[str, Any]) -> None:
    assert result_of({"parent": BEGUN}).beginning == Beginning(1, 0.41, 0.73, 0.125, is_compared=False)
    assert result_of({"parent": {**BEGUN, **lie}}).beginning is None
    assert result_of({"parent": [BEGUN]}).beginning is None
