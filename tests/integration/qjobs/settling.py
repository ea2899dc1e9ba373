"""What tests of the main job share: a spec on this chain, and its way to a settled result."""

from typing import Any

from chain.abi import short_name
from chain.bindings import parameter_book
from qjobs.models import Job
from qjobs.rules.run_states import RunState
from qjobs.spec import JobSpec, build_spec
from tests.integration.qjobs.stage import DOLLARS, Stage, cid_text, only_run


def placed(stage: Stage, fields: dict[str, Any]) -> JobSpec:
    """The spec on this chain, paid in its token."""
    return build_spec(
        {
            **fields,
            "chain_id": str(stage.deployment.chain_id),
            "dataset_token": stage.at("DatasetToken"),
            "budget": {"payment_token": stage.at("TestDollar"), "pay_per_task": str(5 * DOLLARS)},
        }
    )


def published(stage: Stage, fields: dict[str, Any], content: bytes, *, rows_in_model: int) -> JobSpec:
    """The spec on a dataset of the provider's with these bytes."""
    policy = {"download": False, "compute": True, "rowsInModel": rows_in_model, "algorithms": []}
    token_id = stage.publish_dataset(content, policy=policy)
    dataset = {**fields["datasets"][0], "token_id": str(token_id), "content_cid": cid_text(content)}
    return placed(stage, {**fields, "datasets": [dataset]})


def allow_engine(stage: Stage, engine: str) -> None:
    """The member proposes and votes that requests may name this engine."""
    call = parameter_book.SET_ALLOWED.call(
        stage.at("ParameterBook"), kind=short_name("engine"), item=short_name(engine), allowed=True
    )
    stage.delegate_votes()
    proposal = stage.proposal_of([call], f"Allow {engine}")
    stage.propose_and_vote(proposal)
    stage.queue_and_execute(proposal)


def settled(stage: Stage, spec: JobSpec, **changes: Any) -> int:
    """The number of a job that went the whole way; `changes` are of the request."""
    stage.delegate_votes()
    job_id = stage.request_job(spec, **changes)
    stage.approve_job(job_id)
    stage.settle_down()
    stage.pass_time(10)
    stage.settle_down(6)
    assert only_run().state == RunState.DONE, only_run().reason
    assert Job.objects.get().state == Job.State.SETTLED
    return job_id
