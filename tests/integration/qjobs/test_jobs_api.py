"""Jobs over the API: what researcher, member, owner and stranger can do, and how they are refused."""

import jsonschema
import pytest
from django.test import Client

from chain.bindings import dataset_token
from qjobs.executor.previewing import draw_preview
from qjobs.models import SpecDocument
from tests.integration.qjobs.http import get, post, sign_and_send, signed_in
from tests.integration.qjobs.settling import allow_engine
from tests.integration.qjobs.stage import DOLLARS


@pytest.fixture
def researcher(stage, people) -> Client:
    stage.follow()
    return signed_in(people.researcher)


@pytest.fixture
def spec_fields(stage, dataset) -> dict:
    """A spec as a form sends it: what the chain knows better is left out."""
    stage.follow()
    fields = stage.small_spec(*dataset).model_dump(mode="json")
    for name in ("chain_id", "dataset_token", "schema_version"):
        del fields[name]
    del fields["datasets"][0]["content_cid"]
    return fields


@pytest.fixture
def pinned(spec_fields, researcher) -> dict:
    return post(researcher, "specs", spec_fields)


def request_with_permit(stage, wallet, client: Client, digest: str) -> str:
    """The two steps of the permit flow; gives the job's number."""
    asked = {"spec_digest": digest, "approve_seconds": 3600, "claim_seconds": 7200, "payment": "permit"}
    offer = post(client, "jobs", asked)
    assert offer["transaction"] is None
    signed = {
        "spec_digest": digest,
        "payment": "permit",
        "approve_by": offer["approve_by"],
        "claim_by": offer["claim_by"],
        "permit": {
            "deadline": offer["permit_deadline"],
            "signature": wallet.sign_typed_data(offer["typed_data"]),
        },
    }
    sign_and_send(stage, wallet, post(client, "jobs", signed)["transaction"])
    return get(client, f"jobs?spec_digest={digest}&requester={wallet.address}")["results"][0]["job_id"]


def test_spec_is_completed_pinned_and_shown_again(stage, dataset, researcher, pinned):
    assert pinned["spec"]["datasets"][0]["content_cid"] == dataset[1]
    assert pinned["spec"]["chain_id"] == str(stage.deployment.chain_id)
    assert pinned["estimate"]["qubits"] == 2
    jsonschema.validate(pinned["spec"], get(researcher, "specs/schema"))

    draw_preview(pinned["digest"])

    shown = get(researcher, f"specs/{pinned['digest']}")
    assert shown["preview"]["state"] == "ready"
    assert "x_00" in shown["preview"]["circuit_text"]
    assert SpecDocument.objects.count() == 1


def test_spec_with_forty_qubits_is_refused_with_the_number_and_the_limit(researcher, spec_fields):
    error = post(researcher, "specs", spec_fields | {"qubits": 40}, 422)["error"]

    assert error["code"] == "spec_refused"
    assert "40 qubits need 16 TiB" in error["message"]
    assert "limit is 20" in error["message"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"surprise": 1}, "surprise"),
        ({"engine": "abacus"}, "engine"),
        ({"datasets": []}, "datasets"),
        ({"chain_id": "1"}, "chain_id"),
        ({"dataset_token": "0x" + "11" * 20}, "dataset_token"),
    ],
)
def test_spec_that_is_wrong_is_refused_by_field(researcher, spec_fields, change, field):
    assert post(researcher, "specs", spec_fields | change, 422)["error"]["field"] == field


def test_spec_on_a_dataset_that_forbids_computing_is_refused(stage, people, researcher, spec_fields):
    policy = {"download": True, "compute": False, "rowsInModel": 2, "algorithms": []}
    token_id = stage.publish_dataset(b"width,height,depth,kind\n1,2,3,a\n", policy=policy)
    stage.follow()
    spec_fields["datasets"][0]["token_id"] = str(token_id)

    error = post(researcher, "specs", spec_fields, 422)["error"]

    assert error["message"] == f"Dataset {token_id}: its owner does not allow computing on it."


def test_an_engine_is_refused_before_a_signature_until_members_have_allowed_it(
    stage, people, researcher, spec_fields
):
    measured = post(researcher, "specs", spec_fields | {"engine": "aer", "shots": 100})
    asked = {"spec_digest": measured["digest"], "payment": "permit"}

    error = post(researcher, "jobs", asked, 409)["error"]
    review = researcher.get("/jobs/new", {"spec": measured["digest"]}).text

    assert (error["code"], "the engine aer" in error["message"]) == ("not_on_the_list", True)
    assert "/proposals/new/allow?kind=engine&amp;item=aer&amp;verb=allow" in review
    assert "algorithm=measured" in review

    allow_engine(stage, "aer")
    stage.follow()

    job_id = request_with_permit(stage, people.researcher, researcher, measured["digest"])
    assert get(researcher, f"jobs/{job_id}")["engine"] == "aer"


def test_permit_flow_requests_the_job_in_one_transaction(stage, people, researcher, pinned):
    job_id = request_with_permit(stage, people.researcher, researcher, pinned["digest"])

    job = get(researcher, f"jobs/{job_id}")
    assert (job["state"], job["sub_state"]) == ("requested", "waiting for a proposal")
    assert job["differences"] == []
    assert job["escrow"] == str(5 * DOLLARS + 2 * DOLLARS + 5 * DOLLARS * 250 // 10_000)
    assert job["datasets"][0]["consent"] is True
    assert job["can"] == {"propose": True, "cancel": True, "settle": False, "expire": False}


def test_permit_by_another_wallet_is_refused_before_the_wallet_pays_gas(stage, people, researcher, pinned):
    offer = post(researcher, "jobs", {"spec_digest": pinned["digest"], "payment": "permit"})
    forged = {
        "spec_digest": pinned["digest"],
        "payment": "permit",
        "approve_by": offer["approve_by"],
        "claim_by": offer["claim_by"],
        "permit": {
            "deadline": offer["permit_deadline"],
            "signature": people.stranger.sign_typed_data(offer["typed_data"]),
        },
    }

    assert post(researcher, "jobs", forged, 422)["error"]["field"] == "permit.signature"


def test_approve_flow_gives_an_exact_approval_and_then_the_request(stage, people, researcher, pinned):
    offer = post(researcher, "jobs", {"spec_digest": pinned["digest"], "payment": "approve"})
    sign_and_send(stage, people.researcher, offer["approval"])
    sign_and_send(stage, people.researcher, offer["transaction"])

    assert get(researcher, "jobs")["results"][0]["state"] == "requested"
    again = post(researcher, "jobs", {"spec_digest": pinned["digest"], "payment": "approve"})
    assert again["approval"] is not None


def test_wallet_without_pass_or_funds_is_told_so(stage, people, pinned):
    stranger = signed_in(people.stranger)

    error = post(stranger, "jobs", {"spec_digest": pinned["digest"]}, 409)["error"]

    assert error["code"] == "pass_missing"
    assert "compute pass" in error["message"]


def test_job_is_followed_from_proposal_to_model(stage, people, researcher, pinned):
    stage.delegate_votes()
    job_id = request_with_permit(stage, people.researcher, researcher, pinned["digest"])
    member = signed_in(people.member)
    prepared = post(member, f"jobs/{job_id}/proposal", {"note": "Please."})
    sign_and_send(stage, people.member, prepared["transaction"])
    assert f"Run job {job_id}: Small kinds" in prepared["description"]
    assert get(member, f"jobs/{job_id}")["proposals"][0]["proposal_id"] == prepared["proposal_id"]

    stage.carry_out(int(prepared["proposal_id"]))
    stage.settle_down()
    stage.pass_time(10)
    stage.settle_down(6)

    job = get(member, f"jobs/{job_id}")
    names = [one["event"] for one in job["history"]]
    assert names[0] == "JobRequested"
    assert {"JobApproved", "TaskClaimed", "ResultPosted", "WindowOpened", "JobSettled"} <= set(names)
    assert (job["state"], job["run"]["state"]) == ("settled", "DONE")
    assert job["result"]["quantum"]["low"] <= job["result"]["quantum"]["accuracy"]
    assert len(job["result"]["baselines"]) == 4
    assert job["result"]["verdict"]
    assert {"model.safetensors", "manifest.json", "run_record.json"} <= {one["name"] for one in job["files"]}
    assert sum(int(one["amount"]) for one in job["payouts"]) == int(job["escrow"])
    events = get(member, f"jobs/{job_id}/events?after=0")
    assert events["ended"] is True
    assert get(member, f"jobs/{job_id}/events?after={events['last']}")["events"] == []
    model = get(member, f"models/{job['model_id']}")
    assert model["owner"] == people.researcher.address
    assert model["spec_digest"] == pinned["digest"]
    credits = get(member, f"jobs/credits/{people.provider.address}")["results"]
    assert credits[0]["amount"] == str(2 * DOLLARS)
    withdrawal = post(signed_in(people.provider), "jobs/withdrawals", {})
    sign_and_send(stage, people.provider, withdrawal["transaction"])
    assert (
        post(signed_in(people.provider), "jobs/withdrawals", {}, 409)["error"]["code"]
        == "nothing_to_withdraw"
    )


def test_difference_between_spec_and_request_is_shown(stage, dataset, researcher):
    job_id = stage.request_job(stage.small_spec(*dataset), pay_per_task=7 * DOLLARS)
    stage.follow()

    job = get(researcher, f"jobs/{job_id}")

    assert job["differences"] == [{"field": "pay_per_task", "spec": "5000000", "chain": "7000000"}]


def test_requester_cancels_and_a_stranger_cannot(stage, people, requested_job, researcher):
    path = f"jobs/{requested_job}/cancel"
    assert post(signed_in(people.stranger), path, {}, 403)["error"]["code"] == "not_allowed"

    sign_and_send(stage, people.researcher, post(researcher, path, {})["transaction"])

    assert get(researcher, f"jobs/{requested_job}")["sub_state"].startswith("cancelled by the requester")
    post(researcher, path, {}, 409)


def test_owner_consents_to_one_job_and_a_stranger_cannot(stage, people, dataset, requested_job, researcher):
    off = dataset_token.SET_STANDING_CONSENT.call(
        stage.at("DatasetToken"), tokenId=dataset[0], standing=False
    )
    stage.transact(people.provider, off)
    stage.follow()
    path, body = f"jobs/{requested_job}/consent", {"dataset_id": str(dataset[0])}
    assert get(researcher, f"jobs/{requested_job}")["datasets"][0]["consent"] is False
    post(signed_in(people.stranger), path, body, 403)

    sign_and_send(stage, people.provider, post(signed_in(people.provider), path, body)["transaction"])

    assert get(researcher, f"jobs/{requested_job}")["datasets"][0]["consent"] is True


def test_overdue_job_is_expired_by_anyone_and_not_before(stage, people, requested_job, researcher):
    stranger, path = signed_in(people.stranger), f"jobs/{requested_job}/expire"
    post(stranger, path, {}, 409)
    stage.pass_time(3700)
    stage.follow()

    sign_and_send(stage, people.stranger, post(stranger, path, {})["transaction"])

    assert get(stranger, f"jobs/{requested_job}")["state"] == "expired"


def test_unknown_things_are_404_and_visitors_may_only_read(stage, requested_job, researcher):
    visitor = Client()
    assert get(visitor, f"jobs/{requested_job}")["state"] == "requested"
    get(visitor, "jobs/99", 404)
    get(visitor, "models/99", 404)
    get(visitor, f"specs/0x{'12' * 32}", 404)
    get(visitor, "specs/0x12", 422)
    get(visitor, "jobs?spec_digest=0x12", 422)
    get(visitor, f"jobs/{2**200}", 404)
    post(visitor, "specs", {}, 401)
    post(visitor, f"jobs/{requested_job}/cancel", {}, 401)
