"""A job on a graph through the main job: voted, run, settled, and verified by a stranger."""

from qjobs.models import Job, RunFile, TrainedModel
from qjobs.rules.run_states import RunState
from tests.integration.qjobs.stage import cid_text, only_run
from tests.vectors.qjobs.graphs import PRISM, graph_spec


def graph_job(stage, **policy) -> int:
    """The researcher's request to cut the prism that the provider published; the member's votes count."""
    terms = {"download": False, "compute": True, "rowsInModel": 2, "algorithms": []} | policy
    token_id = stage.publish_dataset(PRISM, policy=terms)
    stage.delegate_votes()
    small = stage.small_spec(token_id, cid_text(PRISM))
    dataset = {
        "token_id": str(token_id),
        "version": 1,
        "content_cid": cid_text(PRISM),
        "columns": {"source": "from", "target": "to", "weight": "weight"},
    }
    spec = graph_spec(
        chain_id=str(small.chain_id),
        dataset_token=small.dataset_token,
        datasets=[dataset],
        budget=small.budget.model_dump(mode="json"),
        noise={},
    )
    return stage.request_job(spec)


def test_a_graph_job_is_settled_and_a_stranger_gets_a_match(stage, people, verify):
    job_id = graph_job(stage)
    stage.approve_job(job_id)
    stage.settle_down()
    stage.pass_time(10)
    stage.settle_down(6)

    assert only_run().state == RunState.DONE, only_run().reason
    assert Job.objects.get().state == Job.State.SETTLED
    assert TrainedModel.objects.get().owner == people.researcher.address
    assert RunFile.objects.filter(name="circuit.qpy").exists()
    said = verify("job", str(job_id))
    assert said.stdout.splitlines()[-1] == "MATCH", said.stdout[-2000:] + said.stderr[-2000:]


def test_edges_that_may_not_be_in_a_model_stop_the_job_before_it_reads_them(stage):
    job_id = graph_job(stage, rowsInModel=0)
    stage.approve_job(job_id)

    stage.settle_down(7)

    assert only_run().state == RunState.REFUSED
    assert "edges in the circuit of qaoa would be public rows" in only_run().reason
