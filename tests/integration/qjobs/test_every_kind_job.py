"""Every kind of job the whole way: voted, run in its sandbox, settled, and matched by a stranger."""

import pytest

from qjobs.models import Job, JobMilestone, RunFile, TrainedModel
from tests.integration.qjobs.settling import placed, published, settled
from tests.vectors.qjobs.kinds import KINDS

PUBLIC_ROWS = 2


@pytest.mark.deep
@pytest.mark.parametrize("name", KINDS)
def test_job_of_every_kind_goes_the_whole_way_and_a_stranger_gets_a_match(stage, people, verify, name):
    made, content = KINDS[name]
    fields = made()
    spec = published(stage, fields, content, rows_in_model=PUBLIC_ROWS) if content else placed(stage, fields)

    job_id = settled(stage, spec, **({} if content else {"pass_ids": []}))

    assert TrainedModel.objects.get().owner == people.researcher.address
    assert Job.objects.get().algorithm == spec.algorithm.name
    assert JobMilestone.objects.filter(job_id=job_id).exists()
    assert {"model.safetensors", "circuit.qpy", "README.md"} <= set(
        RunFile.objects.values_list("name", flat=True)
    )
    said = verify("job", str(job_id))
    assert said.stdout.splitlines()[-1] == "MATCH", said.stdout[-2000:] + said.stderr[-2000:]
