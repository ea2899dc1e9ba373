"""A job on a graph through the main job: voted, run, settled, and verified by a stranger."""

import jsonschema

from qjobs.executor.previewing import draw_preview
from qjobs.models import Job, RunFile, SpecDocument, TrainedModel
from qjobs.rules.run_states import RunState
from qjobs.spec import GraphSpec, spec_digest
from tests.integration.qjobs.http import get, post, signed_in
from tests.integration.qjobs.settling import published, settled
from tests.integration.qjobs.stage import cid_text, only_run
from tests.vectors.qjobs.choices import PROBLEMS, choice_fields
from tests.vectors.qjobs.graphs import PRISM, graph_spec


def published_graph(stage, **policy) -> GraphSpec:
    """The spec of a job on the prism that the provider has published."""
    terms = {"download": False, "compute": True, "rowsInModel": 2, "algorithms": []} | policy
    token_id = stage.publish_dataset(PRISM, policy=terms)
    small = stage.small_spec(token_id, cid_text(PRISM))
    dataset = {
        "token_id": str(token_id),
        "version": 1,
        "content_cid": cid_text(PRISM),
        "columns": {"source": "from", "target": "to", "weight": "weight"},
    }
    return graph_spec(
        chain_id=str(small.chain_id),
        dataset_token=small.dataset_token,
        datasets=[dataset],
        budget=small.budget.model_dump(mode="json"),
        noise={},
        noise_evaluation={"shots": 300},
    )


def approved_graph_job(stage, **policy) -> int:
    """The researcher's request to cut the prism, approved by the member."""
    stage.delegate_votes()
    job_id = stage.request_job(published_graph(stage, **policy))
    stage.approve_job(job_id)
    return job_id


def test_a_graph_job_is_settled_and_a_stranger_gets_a_match(stage, people, verify):
    job_id = approved_graph_job(stage)
    stage.settle_down()
    stage.pass_time(10)
    stage.settle_down(6)

    assert only_run().state == RunState.DONE, only_run().reason
    assert Job.objects.get().state == Job.State.SETTLED
    assert TrainedModel.objects.get().owner == people.researcher.address
    assert RunFile.objects.filter(name="circuit.qpy").exists()
    said = verify("job", str(job_id))
    assert said.stdout.splitlines()[-1] == "MATCH", said.stdout[-2000:] + said.stderr[-2000:]


def test_a_route_is_found_through_the_main_job_and_a_stranger_gets_a_match(stage, people, verify):
    content = PROBLEMS["route"][0]
    spec = published(stage, choice_fields("route", content=content), content, rows_in_model=2)
    job_id = settled(stage, spec)

    said = verify("job", str(job_id))

    assert Job.objects.get().algorithm == "qaoa"
    assert TrainedModel.objects.get().owner == people.researcher.address
    assert said.stdout.splitlines()[-1] == "MATCH", said.stdout[-2000:] + said.stderr[-2000:]


def test_edges_that_may_not_be_in_a_model_stop_the_job_before_it_reads_them(stage):
    approved_graph_job(stage, rowsInModel=0)

    stage.settle_down(7)

    assert only_run().state == RunState.REFUSED
    reason = "its owner allows no rows in a model, and the edges in the circuit of qaoa are rows"
    assert reason in only_run().reason


def test_a_graph_spec_is_pinned_over_the_api_and_drawn_before_the_vote(stage, people):
    spec = published_graph(stage)
    stage.follow()
    researcher = signed_in(people.researcher)

    pinned = post(researcher, "specs", spec.model_dump(mode="json"))
    draw_preview(pinned["digest"])

    assert pinned["digest"] == spec_digest(spec)
    jsonschema.validate(pinned["spec"], get(researcher, "specs/schema"))
    assert pinned["estimate"]["qubits"] == 6
    document = SpecDocument.objects.get(pk=pinned["digest"])
    assert document.preview_state == SpecDocument.Preview.READY
    assert "Rx(2*beta_01)" in document.circuit_text
