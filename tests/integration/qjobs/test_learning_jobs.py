"""Jobs whose models carry no row: voted, run, settled, and matched by a stranger."""

import pytest
from django.urls import reverse

from qjobs.models import RunFile, TrainedModel
from tests.integration.qjobs.http import signed_in
from tests.integration.qjobs.settling import published, settled
from tests.vectors.qjobs.reductions import FLOWERS, reduction_fields
from tests.vectors.qjobs.trained import IRISES, qnn_fields

NO_ROWS = 0


@pytest.mark.parametrize(
    ("fields", "content"),
    [
        pytest.param(qnn_fields(), IRISES, id="a trained circuit"),
        pytest.param(reduction_fields(), FLOWERS, id="main directions"),
    ],
)
def test_job_is_voted_run_settled_and_a_stranger_gets_a_match(stage, people, verify, fields, content):
    job_id = settled(stage, published(stage, fields, content, rows_in_model=NO_ROWS))

    assert TrainedModel.objects.get().owner == people.researcher.address
    assert RunFile.objects.filter(name="circuit.qpy").exists()
    said = verify("job", str(job_id))
    assert said.stdout.splitlines()[-1] == "MATCH", said.stdout[-2000:] + said.stderr[-2000:]
    page = signed_in(people.researcher).get(reverse("job-detail", args=[job_id]))
    assert page.status_code == 200
