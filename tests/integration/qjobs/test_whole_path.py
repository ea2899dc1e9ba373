"""From the approval at depth to the settled model, through our own processes."""

from io import StringIO

from django.core.management import call_command

from chain.bindings import job_board
from qjobs.models import Job, JobCredit, JobPayout, RunEvent, RunFile, TrainedModel
from qjobs.rules.run_states import RunState
from tests.integration.qjobs.stage import DOLLARS, only_run


def test_approved_job_is_claimed_computed_posted_and_settled_once(stage, people, approved_job):
    stage.settle_down()
    stage.pass_time(10)
    stage.settle_down(6)

    run, job, model = only_run(), Job.objects.get(), TrainedModel.objects.get()
    assert run.state == RunState.DONE, run.reason
    assert run.attempts == 1
    assert (job.state, job.model_id) == (Job.State.SETTLED, model.token_id)
    assert model.owner == people.researcher.address
    assert {row.name for row in RunFile.objects.all()} >= {
        "model.safetensors",
        "metrics.json",
        "run_record.json",
    }
    sequences = list(RunEvent.objects.values_list("sequence", flat=True))
    assert sequences == list(range(1, len(sequences) + 1))
    counted = RunEvent.objects.filter(step__gt=0).order_by("sequence").values_list("seconds_left", flat=True)
    assert counted[0] > counted.last() == 0
    assert sum(JobPayout.objects.values_list("units", flat=True)) == job.escrow_units


def test_withdraw_earnings_pays_the_executor_its_credit(stage, people, approved_job, monkeypatch):
    stage.settle_down()
    stage.pass_time(10)
    stage.settle_down(6)
    monkeypatch.setattr("time.sleep", lambda _: stage.send())
    said = StringIO()

    call_command("withdraw_earnings", stdout=said)

    stage.follow()
    credit = JobCredit.objects.get(account=people.executor.address)
    dollar = stage.at("TestDollar")
    left = stage.client.read(
        stage.at("JobBoard"), job_board.CREDIT_OF, account=people.executor.address, token=dollar
    )
    assert said.getvalue().strip() == "withdrew 5 TUSD"
    assert (credit.available_units, credit.withdrawn_units, left) == (0, 5 * DOLLARS, 0)
