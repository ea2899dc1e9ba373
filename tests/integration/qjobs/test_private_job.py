"""A job on private data: the key goes to the executor that has claimed it, the rows nowhere else."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from chain.bindings import executor_registry
from marketplace.models import ContentKey, ReleaseEntry
from marketplace.release.files import header_for, keep_sealed
from marketplace.store import content_store
from qjobs.executor import private_data
from qjobs.executor.signing import public_key_hex, signing_key
from qjobs.models import Job, Run, RunEvent, RunFile
from qjobs.rules.run_states import RunState
from storage.age.key_file import ensure_identity
from tests.integration.qjobs.stage import Stage, cid_text, only_run, small_table
from tests.tools import missing


@pytest.fixture
def release_keys(stage) -> None:
    ensure_identity(Path(django_settings.KEYS_DIR) / "release-age.key")


@pytest.fixture
def release_service(settings, release_keys, live_server) -> None:
    """The release service as the executor reaches it: over HTTP, with no other door."""
    settings.ROOT_URLCONF = "marketplace.release.urls"
    settings.RELEASE_URL = live_server.url


@pytest.fixture
def private_dataset(stage, release_keys) -> tuple[int, str]:
    kept = keep_sealed(io.BytesIO(small_table()), owner=stage.people.provider.address)
    kept.key.save()
    stored = kept.stored
    sealed = b"".join(content_store().open(stored.cid))
    return stage.publish_dataset(sealed), str(stored.cid)


@pytest.fixture
def registered(stage, people) -> None:
    """The executor's recipient stands in the registry, and its identity in our key folder."""
    register(stage, people.executor, ensure_identity(private_data.key_file()).text)


@pytest.fixture
def private_job(stage, private_dataset, registered) -> int:
    if private_data.isolation() == "none":
        missing("this machine gives no network namespace, so private data is refused here")
    stage.delegate_votes()
    job_id = stage.request_job(stage.small_spec(*private_dataset))
    stage.approve_job(job_id)
    return job_id


def register(stage: Stage, executor: Any, recipient: str) -> None:
    call = executor_registry.SET_KEYS.call(
        stage.at("ExecutorRegistry"),
        signing_key=public_key_hex(signing_key()),
        age_recipient=recipient.encode(),
    )
    stage.transact(executor, call)


def test_job_on_private_data_is_computed_and_settled_and_no_row_is_left(
    stage, people, private_job, release_service, tmp_path
):
    live(stage, 14)
    stage.pass_time(10)
    live(stage, 6)

    run = only_run()
    assert run.state == RunState.DONE, run.reason
    assert Job.objects.get().state == Job.State.SETTLED
    released = ReleaseEntry.objects.get(event="released")
    assert released.facts["executor"] == people.executor.address
    assert "release" in set(RunEvent.objects.values_list("stage", flat=True))
    first_row = small_table().splitlines()[1]
    left_behind = [file for file in tmp_path.rglob("*") if file.is_file() and first_row in file.read_bytes()]
    assert left_behind == []
    assert RunFile.objects.filter(name="model.safetensors").exists()
    call_command("check_release_log")


def test_verify_of_a_private_job_needs_the_auditors_own_right_and_then_matches(
    stage, private_job, private_dataset, release_service, verify, settings, tmp_path
):
    live(stage, 14)
    stage.pass_time(10)
    live(stage, 6)
    settings.ROOT_URLCONF = "config.urls"
    key_file, given = tmp_path / "auditor.key", tmp_path / "given"
    recipient = ensure_identity(key_file)
    given.mkdir()
    (given / f"dataset-{private_dataset[0]}.age").write_bytes(header_for(private_dataset[1], recipient))

    stranger = verify("job", str(private_job))
    auditor = verify("job", str(private_job), "--files", str(given), "--key-file", str(key_file))

    assert (stranger.returncode, "the data is private" in stranger.stdout) == (2, True)
    assert stranger.stdout.splitlines()[-1].startswith("CANNOT CHECK: ")
    assert auditor.returncode == 0, auditor.stdout[-2000:] + auditor.stderr[-2000:]
    assert auditor.stdout.splitlines()[-1] == "MATCH"


def test_job_on_private_data_waits_while_no_key_is_released_and_runs_when_it_is(
    stage, private_job, release_service
):
    key = ContentKey.objects.get()
    ContentKey.objects.all().delete()
    live(stage, 8)

    waiting = only_run()
    assert (waiting.state, waiting.retries > 0) == (RunState.CLAIMED, True)
    assert not ReleaseEntry.objects.exists()

    key.save(force_insert=True)
    live(stage, 8)

    assert only_run().state not in {RunState.CLAIMED, RunState.REFUSED, RunState.FAILED}


def test_executor_whose_key_file_is_not_the_registered_one_ends_in_words(
    stage, people, private_job, release_service
):
    register(stage, people.executor, ensure_identity(private_data.key_file().with_name("other.key")).text)
    live(stage, 14)

    run = only_run()
    assert run.state == RunState.REFUSED
    assert "not the one of our key file" in run.reason


def test_machine_without_a_network_namespace_claims_no_private_data(
    stage, private_job, release_service, monkeypatch
):
    monkeypatch.setattr(private_data, "isolation", lambda: "none")
    stage.settle_down(6)

    run = only_run()
    assert (run.state, run.reason) == (RunState.REFUSED, private_data.OPEN_MACHINE)
    assert stage.job(private_job)["tasks_claimed"] == 0


@pytest.mark.attack("S32")
@pytest.mark.parametrize(
    ("rows_in_model", "asked", "words"),
    [
        (0, {}, "allows no rows in a model"),
        (1, {}, "this executor has no release service"),
        (1, {"noise_evaluation": {"shots": 100}}, "allows no rows in public files"),
    ],
)
def test_support_vector_model_of_data_whose_rows_may_not_be_public_is_refused_before_the_claim(
    stage, rows_in_model, asked, words
):
    policy = {"download": False, "compute": True, "rowsInModel": rows_in_model, "algorithms": []}
    content = small_table()
    token_id = stage.publish_dataset(content, policy=policy)
    stage.delegate_votes()
    job_id = stage.request_job(stage.small_spec(token_id, cid_text(content), **asked))
    stage.approve_job(job_id)

    stage.settle_down(6)

    run = only_run()
    assert run.state == RunState.REFUSED
    assert words in run.reason
    assert stage.job(job_id)["tasks_claimed"] == 0


def live(stage: Stage, rounds: int) -> None:
    """All our processes in turn; nobody waits out the seconds between two tries."""
    for _ in range(rounds):
        Run.objects.update(not_before=None)
        stage.settle_down(1)
