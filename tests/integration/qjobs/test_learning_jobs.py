"""Jobs that learn from rows: voted, run, settled, and matched by a stranger."""

import pytest
from django.urls import reverse

from qjobs.models import Job, RunFile, TrainedModel
from qjobs.spec.document import EXACT_ENGINE
from tests.integration.qjobs.http import signed_in
from tests.integration.qjobs.settling import allow_engine, published, settled
from tests.vectors.qjobs.machines import machine_fields, marks_csv, numbers_csv
from tests.vectors.qjobs.reductions import FLOWERS, reduction_fields
from tests.vectors.qjobs.specs import short_fields, two_irises_csv
from tests.vectors.qjobs.trained import IRISES, qnn_fields

NO_ROWS, PUBLIC_ROWS = 0, 2
NUMBERS, MARKS = numbers_csv(80), marks_csv()
LINES = two_irises_csv().split(b"\n")
FEW = b"\n".join([LINES[0], *LINES[20:32], *LINES[60:72], b""])
EVALUATED = {"noise_evaluation": {"shots": 100, "rows": 4}}
MEASURED = {
    "engine": "aer",
    "shots": 100,
    "splits": {"count": 2},
    "algorithm": {"c_grid": [1], "bandwidth_grid": [0.5], "inner_folds": 2},
}


@pytest.mark.parametrize(
    ("fields", "content", "rows_in_model"),
    [
        pytest.param(qnn_fields(), IRISES, NO_ROWS, id="a trained circuit"),
        pytest.param(reduction_fields(**EVALUATED), FLOWERS, PUBLIC_ROWS, id="main directions"),
        pytest.param(machine_fields(NUMBERS, "regress"), NUMBERS, PUBLIC_ROWS, id="numbers"),
        pytest.param(machine_fields(MARKS, "detect", **EVALUATED), MARKS, PUBLIC_ROWS, id="the unusual"),
        pytest.param(short_fields(FEW, **MEASURED), FEW, PUBLIC_ROWS, id="a measured kernel"),
    ],
)
def test_job_is_voted_run_settled_and_a_stranger_gets_a_match(
    stage, people, verify, fields, content, rows_in_model
):
    spec = published(stage, fields, content, rows_in_model=rows_in_model)
    if spec.engine != EXACT_ENGINE:
        allow_engine(stage, spec.engine)
    job_id = settled(stage, spec)

    assert TrainedModel.objects.get().owner == people.researcher.address
    assert Job.objects.get().engine == spec.engine
    assert RunFile.objects.filter(name="circuit.qpy").exists()
    assert RunFile.objects.filter(name="measurements.safetensors").exists() == spec.is_statistical
    said = verify("job", str(job_id))
    assert said.stdout.splitlines()[-1] == "MATCH", said.stdout[-2000:] + said.stderr[-2000:]
    page = signed_in(people.researcher).get(reverse("job-detail", args=[job_id]))
    assert page.status_code == 200
    assert ("What hardware would do" in page.text) == (spec.noise_evaluation is not None)
    # The circuit of the network here writes features in again, which no kernel compares.
    assert ("How far classical kernels are" in page.text) == (spec.algorithm.name != "qnn")
