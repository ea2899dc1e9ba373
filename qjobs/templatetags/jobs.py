"""What jobs add to the pages of the market and of the vote, which do not know them."""

from typing import Any

from django import template

from governance.rules.actions import ActionInWords
from qjobs.views.jobs import approved_job_context, dataset_jobs_context
from qjobs.views.lineage import lineage_of

register = template.Library()
MAX_JOB_DIGITS = 18


@register.inclusion_tag("qjobs/dataset_jobs.html")
def dataset_jobs(token_id: int) -> dict[str, Any]:
    """The newest jobs that read this dataset."""
    return dataset_jobs_context(token_id)


@register.inclusion_tag("qjobs/dataset_lineage.html")
def dataset_lineage(token_id: int) -> dict[str, Any]:
    """The jobs and models that came of this dataset, as a picture and a list."""
    return {"token_id": token_id, "lineage": lineage_of(token_id)}


@register.inclusion_tag("qjobs/proposal_job.html")
def proposal_job(action: ActionInWords) -> dict[str, Any]:
    """What would run if this action is an approval of a job; nothing for every other action."""
    if (action.contract, action.function) != ("JobBoard", "approve"):
        return {}
    arguments = dict(action.arguments)
    job_id = arguments["job_id"]
    if len(job_id) > MAX_JOB_DIGITS:
        return {"is_approval": True}
    return approved_job_context(int(job_id), arguments["spec_digest"])
