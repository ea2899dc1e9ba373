"""What a job's history says is not rewritten."""

import pytest
from django.db import IntegrityError, transaction

from qjobs.models import Job, RunEvent
from tests.fakes import job_rows

pytestmark = pytest.mark.django_db


def test_step_of_a_run_can_be_added_but_neither_changed_nor_taken_back() -> None:
    job_rows.add_job(1, state=Job.State.RUNNING)
    run = job_rows.add_run(1, events=2)
    RunEvent.objects.create(run=run, sequence=3, stage="split", message="three")

    for change in (
        lambda: RunEvent.objects.update(message="never happened"),
        lambda: RunEvent.objects.filter(sequence=2).delete(),
        run.delete,
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change()

    assert [step.message for step in RunEvent.objects.all()] == ["split 1", "split 2", "three"]
