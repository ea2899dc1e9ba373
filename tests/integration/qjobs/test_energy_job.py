"""Jobs on Hamiltonians through the main job: voted, run, settled, and verified by a stranger."""

import jsonschema
from django.urls import reverse

from qjobs.executor.previewing import draw_preview
from qjobs.models import SpecDocument, TrainedModel
from qjobs.spec import JobSpec, spec_digest
from tests.integration.qjobs.http import get, post, signed_in
from tests.integration.qjobs.settling import placed, published, settled
from tests.vectors.qjobs.energies import TERMS, energy_fields, terms_fields


def published_terms(stage) -> JobSpec:
    """A spec on Pauli strings of which none may be in a model."""
    return published(stage, terms_fields(), TERMS, rows_in_model=0)


def test_pauli_strings_that_no_model_may_hold_give_an_energy_that_a_stranger_matches(stage, people, verify):
    job_id = settled(stage, published_terms(stage))

    assert TrainedModel.objects.get().owner == people.researcher.address
    said = verify("job", str(job_id))
    assert said.stdout.splitlines()[-1] == "MATCH", said.stdout[-2000:] + said.stderr[-2000:]


def test_a_job_without_any_dataset_is_voted_run_settled_and_matched(stage, people, verify):
    molecule = energy_fields(hamiltonian={"source": "molecule"}, ansatz={"name": "ucc-sd"})

    job_id = settled(stage, placed(stage, molecule), pass_ids=[])

    said = verify("job", str(job_id))
    assert said.stdout.splitlines()[-1] == "MATCH", said.stdout[-2000:] + said.stderr[-2000:]
    page = signed_in(people.researcher).get(reverse("job-detail", args=[job_id]))
    assert page.status_code == 200
    assert "STO-3G" in page.content.decode()


def test_an_energy_spec_is_pinned_over_the_api_and_drawn_before_the_vote(stage, people):
    spec = published_terms(stage)
    stage.follow()
    researcher = signed_in(people.researcher)

    pinned = post(researcher, "specs", spec.model_dump(mode="json"))
    draw_preview(pinned["digest"])

    assert pinned["digest"] == spec_digest(spec)
    jsonschema.validate(pinned["spec"], get(researcher, "specs/schema"))
    assert pinned["estimate"]["rows_carried_max"] == 0
    document = SpecDocument.objects.get(pk=pinned["digest"])
    assert document.preview_state == SpecDocument.Preview.READY
    assert "Ry(theta_00)" in document.circuit_text
