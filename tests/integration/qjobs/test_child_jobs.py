"""A circuit that starts from a model: requested by its owner alone, run from its bytes, matched, and sold."""

import pytest

from chain.bindings import job_board, model_token
from chain.errors import CallReverted
from marketplace.store import content_store
from qjobs.models import Job, Run, TrainedModel
from qjobs.records import FileEntry, manifest_bytes
from qjobs.rules.run_states import RunState
from qjobs.spec import read_spec
from storage.cid import Cid, raw_cid
from tests.integration.qjobs.http import get, post, sign_and_send, signed_in
from tests.integration.qjobs.settling import placed, published, settled
from tests.integration.qjobs.stage import DOLLARS
from tests.integration.qjobs.test_model_sales import buy, earned, give, hand_over, only_sale
from tests.vectors.qjobs.trained import IRISES, child_fields, qnn_fields

NO_ROWS = 0
PRICE = 4 * DOLLARS


def fields_of(spec, **changes):
    """What a form sends: the parent by its number alone."""
    document = spec.model_dump(mode="json", exclude={"warm_start"})
    return {**document, "parent_models": ["1"], "seed": 11, **changes}


def test_a_child_is_run_from_its_parent_matched_and_its_sale_pays_the_parents_owner(stage, people, verify):
    settled(stage, published(stage, qnn_fields(), IRISES, rows_in_model=NO_ROWS))
    researcher, patron, buyer = people.researcher, people.stranger, people.member
    other = published(stage, qnn_fields(), IRISES, rows_in_model=NO_ROWS)
    mine, theirs = signed_in(researcher), signed_in(buyer)
    stage.follow()

    wider = fields_of(other, qubits=3)
    refused = post(mine, "specs", wider, status=422)["error"]
    assert (refused["code"], refused["field"]) == ("parent_refused", "parent_models")
    assert "the number of qubits is 2 there and 3 here" in refused["message"]
    unknown = post(mine, "specs", fields_of(other, parent_models=["99"]), status=422)["error"]
    assert "There is no model 99" in unknown["message"]

    digest = post(mine, "specs", fields_of(other))["digest"]
    foreign = post(theirs, "jobs", {"spec_digest": digest, "payment": "permit"}, status=403)["error"]
    assert foreign["message"] == "Only the owner of model 1 may start a job from it."
    assert post(mine, "jobs", {"spec_digest": digest, "payment": "permit"})["typed_data"]
    spec = read_spec(content_store().read_block(Cid.from_digest(digest)))
    assert spec.warm_start.seen_datasets == (1,)

    job_id = stage.request_job(spec)
    hand_over(stage, researcher, patron, 1)
    with pytest.raises(CallReverted, match="not the owner of a parent model"):
        stage.request_job(spec)
    stage.approve_job(job_id)
    stage.settle_down()
    stage.pass_time(10)
    stage.settle_down(6)
    run = Run.objects.get(job_id=job_id)
    assert run.state == RunState.DONE, run.reason
    assert Job.objects.get(pk=job_id).model_id == 2
    said = verify("job", str(job_id))
    assert said.stdout.splitlines()[-1] == "MATCH", said.stdout[-2000:] + said.stderr[-2000:]
    assert "MATCH model:1 manifest" in said.stdout
    page = mine.get("/models/2").text
    assert "Training began with the weights of" in page
    assert 'href="/models/1"' in page

    receivers, amounts = stage.client.read(
        stage.at("ModelToken"), model_token.PARENT_ROYALTIES, tokenId=2, salePrice=PRICE
    )
    assert (*receivers, *amounts) == (patron.address, PRICE // 40)
    give(stage, buyer, PRICE)
    selling = post(mine, "models/2/sale", {"price": str(PRICE), "payment_token": stage.at("TestDollar")})
    for prepared in (selling["approval"], selling["transaction"]):
        sign_and_send(stage, researcher, prepared)
    sale = only_sale(theirs, 2)
    assert get(theirs, f"listings/{sale['listing_id']}")["quote"]["royalty"] == str(PRICE // 40)
    buy(stage, buyer, sale["listing_id"])
    assert earned(patron) == PRICE // 40
    assert TrainedModel.objects.get(pk=2).owner == buyer.address


@pytest.fixture
def posted_parent(stage, people):
    """Model 1: its spec, and the manifest of weights that nobody trained and nobody has."""
    stage.delegate_votes()
    spec = published(stage, qnn_fields(), IRISES, rows_in_model=NO_ROWS)
    weights = raw_cid(b"weights")
    entry = FileEntry(str(weights), 7, weights.digest.hex())
    manifest = manifest_bytes({"model.safetensors": entry})
    job_id = stage.request_job(spec)
    stage.approve_job(job_id)
    board = stage.at("JobBoard")
    stage.transact(people.executor, job_board.CLAIM.call(board, job_id=job_id, task=0))
    digests = dict.fromkeys(
        ("artefact_digest", "metrics_digest", "run_record_digest"), raw_cid(manifest).digest_hex
    )
    stage.transact(
        people.executor, job_board.POST_RESULT.call(board, job_id=job_id, task=0, epoch=1, **digests)
    )
    stage.pass_time(10)
    stage.transact(people.stranger, job_board.SETTLE.call(board, job_id=job_id))
    content_store().add_block(manifest)
    return spec, manifest


@pytest.mark.attack("S34")
def test_a_worker_takes_only_the_parent_that_the_chain_names_and_only_bytes_that_it_has(stage, posted_parent):
    spec, manifest = posted_parent
    other = manifest_bytes(
        {"model.safetensors": FileEntry(str(raw_cid(b"else")), 4, raw_cid(b"else").digest.hex())}
    )
    content_store().add_block(other)
    dataset = spec.model_dump(mode="json")["datasets"]
    jobs = {}
    for named in (other, manifest):
        fields = child_fields(spec, named, parent_models=["1"])
        child = placed(stage, {**fields, "datasets": dataset})
        jobs[named] = stage.request_job(child)
        stage.approve_job(jobs[named])

    stage.settle_down(10)

    swapped, missing = (Run.objects.get(job_id=jobs[named]) for named in (other, manifest))
    assert swapped.state == missing.state == RunState.REFUSED
    assert f"The spec starts from the manifest {raw_cid(other)}; that of model 1 is" in swapped.reason
    assert f"The bytes of {raw_cid(b'weights')} are not in the content store." in missing.reason
    assert swapped.epoch is None, "what the chain contradicts is not even claimed"
