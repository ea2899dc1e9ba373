"""A model whose rows are sealed: who opens it, who is answered by it, who is told that there is nothing."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from safetensors.numpy import load

from chain.bindings import access_pass, model_token
from marketplace.models import ContentKey, ReleaseEntry, Right, SubjectKind
from marketplace.release.files import key_of_result
from marketplace.release.grants import grant_model_file
from marketplace.release.rotation import drop_old_keys, rotate
from marketplace.store import content_store
from qjobs.executor import private_data, rechecking
from qjobs.models import Attestation, Dispute, Job, Recheck, RunEvent, RunFile, TrainedModel
from qjobs.records import FileEntry, manifest_bytes, read_manifest
from storage.age.file_key import FileKey
from storage.age.header import VERSION_LINE
from storage.age.key_file import ensure_identity
from storage.age.keys import Identity
from storage.cid import Cid
from tests.integration.qjobs import both_urls
from tests.integration.qjobs.http import get, post, signed_in
from tests.integration.qjobs.stage import Stage, cid_text, small_table
from tests.integration.qjobs.verifiers import admit_verifiers, challenge, run_to_its_result, verify_and_close
from tests.tools import missing

MODEL = "model.safetensors"
SEALED_POLICY = {"download": False, "compute": True, "rowsInModel": 1, "algorithms": []}
ROW = {"width": 0.9, "height": 1.1, "depth": 0.7}
GRANTS = f"models/1/files/{MODEL}/grants"
NOTHING = "there is nothing to release here for you"


@pytest.fixture
def sealed_job(stage, settings, live_server) -> int:
    """An approved job on public rows whose owner allows them in a model only sealed."""
    if private_data.isolation() == "none":
        missing("this machine gives no network namespace, so a sealed model is not opened here")
    settings.ROOT_URLCONF = both_urls.__name__
    settings.RELEASE_URL = settings.VERIFY_IPFS_URL = live_server.url
    ensure_identity(Path(settings.KEYS_DIR) / "release-age.key")
    return request_sealed(stage)


@pytest.fixture
def sealed_model(stage, sealed_job) -> int:
    """The model of that job, minted to the researcher, and final."""
    settle(stage)
    return TrainedModel.objects.get(job_id=sealed_job).token_id


def request_sealed(stage: Stage, **changes: Any) -> int:
    content = small_table()
    token_id = stage.publish_dataset(content, policy=SEALED_POLICY)
    stage.delegate_votes()
    job_id = stage.request_job(stage.small_spec(token_id, cid_text(content), **changes))
    stage.approve_job(job_id)
    return job_id


def settle(stage: Stage) -> None:
    stage.settle_down()
    stage.pass_time(10)
    stage.settle_down(6)
    settle_deep(stage)


def settle_deep(stage: Stage) -> None:
    """Blocks on top, so that what was done counts as final."""
    stage.mine(django_settings.CHAIN_CONFIRMATIONS + 1)
    stage.follow()


def fetched(url: str) -> Any:
    """What the release service answers to a link."""
    return Client().get(url.removeprefix(django_settings.RELEASE_URL))


def body_of(answer: Any) -> bytes:
    return answer.getvalue() if answer.streaming else answer.content


def public_bytes(name: str) -> bytes:
    return body_of(Client().get(f"/ipfs/{RunFile.objects.get(run__job_id=1, name=name).cid}"))


def hand_over(stage: Stage, giver: Any, receiver: Any, token_id: int) -> None:
    call = model_token.TRANSFER_FROM.call(
        stage.at("ModelToken"), from_=giver.address, to=receiver.address, tokenId=token_id
    )
    stage.transact(giver, call)
    stage.follow()


def grant_pass(stage: Stage, owner: Any, holder: Any, right: Right) -> None:
    call = access_pass.GRANT.call(
        stage.at("AccessPass"),
        subjectKind=int(SubjectKind.MODEL),
        subjectId=1,
        to=holder.address,
        right=int(right),
        firstVersion=1,
        expiresAt=0,
        uses=0,
    )
    stage.transact(owner, call)
    settle_deep(stage)


def test_model_is_sealed_before_anything_of_it_is_public_and_its_owner_opens_and_verifies_it(
    stage, people, sealed_model, verify, tmp_path
):
    owner, identity = signed_in(people.researcher), ensure_identity(tmp_path / "auditor.key")
    given = tmp_path / "given"
    given.mkdir()

    opened = body_of(fetched(post(owner, GRANTS, {}, status=201)["url"]))
    to_key = post(owner, GRANTS, {"recipient": str(identity)}, status=201)
    (given / f"{MODEL}.age").write_bytes(body_of(fetched(to_key["url"])))
    stranger = verify("model", str(sealed_model))
    auditor = verify(
        "model", str(sealed_model), "--files", str(given), "--key-file", str(tmp_path / "auditor.key")
    )

    vectors = load(opened)["support_vectors"]
    assert len(vectors) > 0
    assert public_bytes(MODEL).startswith(VERSION_LINE)
    assert read_manifest(public_bytes("manifest.json"))[MODEL].is_sealed
    leaks = [
        file for file in tmp_path.rglob("*") if file.is_file() and vectors.tobytes() in file.read_bytes()
    ]
    assert leaks == []
    (listed,) = [file for file in get(owner, "models/1")["files"] if file["is_sealed"]]
    assert (listed["name"], listed["cid"]) == (MODEL, to_key["cid"])
    assert "sealed, since they carry rows: model.safetensors" in RunEvent.objects.get(stage="frozen").message
    assert stranger.stdout.splitlines()[-1].startswith(f"CANNOT CHECK: {MODEL} contents")
    assert (stranger.returncode, "MISMATCH" in stranger.stdout) == (2, False)
    assert auditor.stdout.splitlines()[-1] == "MATCH", auditor.stdout[-2000:] + auditor.stderr[-2000:]
    released = ReleaseEntry.objects.filter(event="released").last()
    assert (released.facts["right"], released.facts["holder"]) == ("OwnerRight", people.researcher.address)


@pytest.mark.attack("S36")
def test_holder_of_a_pass_to_predict_is_answered_and_never_gets_the_model(stage, people, sealed_model):
    owner, holder = signed_in(people.researcher), signed_in(people.member)
    post(holder, "models/1/predict", {"rows": [ROW]}, status=403)
    grant_pass(stage, people.researcher, people.member, Right.PREDICT)

    as_owner = post(owner, "models/1/predict", {"rows": [ROW]})
    as_holder = post(holder, "models/1/predict", {"rows": [ROW]})

    assert as_holder["results"] == as_owner["results"]
    assert as_holder["pass_id"] != "0"
    assert post(holder, GRANTS, {}, status=404)["error"]["message"] == NOTHING
    own = grant_model_file(
        wallet=people.member.address,
        token_id=1,
        name=MODEL,
        recipient=Identity.generate().recipient,
        pass_id=int(as_holder["pass_id"]),
    )
    assert fetched(own.url).status_code == 404
    assert fetched(f"{own.url}/header").status_code == 200
    rights = set(ReleaseEntry.objects.filter(event="released").values_list("facts__right", flat=True))
    assert rights == {"OwnerRight", "PredictRight"}


@pytest.mark.attack("S36")
def test_right_follows_the_token_to_its_new_owner_and_ends_for_the_old_one(stage, people, sealed_model):
    seller, buyer = signed_in(people.researcher), signed_in(people.member)
    link = post(seller, GRANTS, {}, status=201)["url"]
    plain = body_of(fetched(link))

    hand_over(stage, people.researcher, people.member, sealed_model)

    assert fetched(link).status_code == 404
    post(seller, GRANTS, {}, status=404)
    post(seller, "models/1/predict", {"rows": [ROW]}, status=403)
    post(buyer, GRANTS, {}, status=404)
    settle_deep(stage)
    assert body_of(fetched(post(buyer, GRANTS, {}, status=201)["url"])) == plain
    assert fetched(link).status_code == 404


@pytest.mark.attack("S36")
def test_strangers_other_files_other_chains_and_undone_models_give_nothing(
    stage, people, sealed_model, settings
):
    owner = signed_in(people.researcher)
    link = post(owner, GRANTS, {}, status=201)["url"]
    for client, path in (
        (signed_in(people.stranger), GRANTS),
        (signed_in(people.provider), GRANTS),
        (owner, GRANTS.replace(MODEL, "metrics.json")),
        (owner, GRANTS.replace(MODEL, "of-no-file")),
        (owner, GRANTS.replace("models/1", "models/9")),
    ):
        assert post(client, path, {}, status=404)["error"]["message"] == NOTHING
    assert Client().post(f"/api/v1/{GRANTS}").status_code in {401, 403}
    settings.CHAIN_ID = 1
    assert fetched(link).json()["error"]["code"] == "wrong_chain"
    settings.CHAIN_ID = stage.node.chain_id
    # Read to its end: a stream left behind would note its end whenever memory is collected.
    assert body_of(fetched(link))

    depth = stage.client.head_number() - Job.objects.get().approved_block
    stage.node.rpc("anvil_rollback", depth)

    assert fetched(link).status_code == 404


@pytest.mark.attack("S36")
def test_model_whose_executor_names_the_sealed_file_of_another_job_does_not_open_it(
    stage, people, sealed_model
):
    stolen = read_manifest(public_bytes("manifest.json"))[MODEL]
    request_sealed(stage, seed=2)
    name_in_the_next_manifest(stage, stolen)
    settle(stage)
    thief = TrainedModel.objects.get(job_id=2)
    manifest = content_store().read_block(Cid.from_digest(thief.artefact_digest))
    assert read_manifest(manifest)[MODEL] == stolen

    refused = post(
        signed_in(people.researcher), GRANTS.replace("models/1", f"models/{thief.token_id}"), {}, status=404
    )

    assert refused["error"]["message"] == NOTHING
    assert post(signed_in(people.researcher), GRANTS, {}, status=201)["cid"] == stolen.cid


def name_in_the_next_manifest(stage: Stage, stolen: FileEntry) -> None:
    """The executor of job 2 lets its manifest name this file instead of its own, before it is posted."""
    frozen = RunFile.objects.filter(run__job_id=2, name="manifest.json")
    for _ in range(12):
        stage.mine()
        stage.follow()
        stage.work()
        if frozen.exists():
            break
        stage.send()
    block = content_store().read_block(Cid.parse(frozen.get().cid))
    forged = manifest_bytes(read_manifest(block) | {MODEL: stolen})
    cid = content_store().add_block(forged)
    frozen.update(cid=str(cid), size=len(forged), sha256=cid.digest_hex)


def test_keys_of_models_are_wrapped_anew_with_all_others_and_the_old_key_can_be_forgotten(
    people, sealed_model
):
    owner = signed_in(people.researcher)
    before = body_of(fetched(post(owner, GRANTS, {}, status=201)["url"]))

    assert rotate() == 1
    assert drop_old_keys() == 1

    assert body_of(fetched(post(owner, GRANTS, {}, status=201)["url"])) == before


@pytest.mark.attack("S36")
def test_header_that_was_tampered_with_or_swapped_opens_nothing_and_answers_no_prediction(
    people, sealed_model
):
    owner = signed_in(people.researcher)
    link = post(owner, GRANTS, {}, status=201)["url"]
    key = ContentKey.objects.get()
    tampered = bytearray(key.header)
    tampered[-20] ^= 1
    swapped = key_of_result("another", FileKey.fresh(), job_id=1).header

    for header in (bytes(tampered), swapped):
        ContentKey.objects.update(header=header)
        answer = fetched(link)
        assert (answer.status_code >= 400, body_of(answer)[:8]) == (True, b'{"error"')
        asked = owner.post("/api/v1/models/1/predict", {"rows": [ROW]}, content_type="application/json")
        assert asked.status_code >= 400


def test_verifier_gets_the_sealed_file_for_the_open_dispute_alone_and_computes_all_of_it(
    stage, people, sealed_job, settings
):
    recipient = ensure_identity(rechecking.key_file()).text
    settings.VERIFIER_KEY_NAMES = admit_verifiers(stage, [people.rival], recipient=recipient)
    path = f"/release/disputes/{sealed_job}/{people.rival.address}/tasks/0/files/{MODEL}"
    run_to_its_result(stage, is_forged=False)
    assert Client().get(path).status_code == 404

    challenge(stage, signed_in(people.researcher), people.researcher, sealed_job)
    stage.mine(5)
    stage.follow()
    strangers = Client().get(path.replace(people.rival.address, people.stranger.address))
    verify_and_close(stage)

    assert strangers.status_code == 404
    assert Recheck.objects.get().verdict == Recheck.Verdict.MATCH
    assert Attestation.objects.get().is_right is True
    released = ReleaseEntry.objects.get(event="released")
    assert (released.facts["right"], released.facts["name"]) == ("ResultVerifierRight", MODEL)
    assert Dispute.objects.get().state == Dispute.State.REJECTED
    assert Client().get(path).status_code == 404
    report = content_store().read_block(Cid.parse(Recheck.objects.get().report_cid))
    assert b'"expected"' not in report
