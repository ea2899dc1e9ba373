"""The page that lays two jobs side by side."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.errors import NotFound
from qjobs.models import JobTask
from qjobs.rules.comparison import score_rows, spec_rows
from qjobs.rules.results import Result
from qjobs.selectors.jobs import find_job
from qjobs.selectors.results import posted_result
from qjobs.selectors.specs import read_pinned_spec
from qjobs.spec import JobSpec
from qjobs.views.cards import JobCard, job_card

MAX_DIGITS = 18


@dataclass(frozen=True)
class Side:
    """One of the two jobs; spec and result are None where their bytes are not at hand."""

    card: JobCard
    spec: JobSpec | None
    result: Result | None


@require_safe
def compare_jobs(request: HttpRequest) -> HttpResponse:
    """`?a=..&b=..`: two jobs, where their specs differ and what each reached; else asks which two."""
    asked = [request.GET.get(name, "").strip() for name in ("a", "b")]
    if not all(asked):
        return render(request, "qjobs/job_compare.html", {"asked": asked})
    first, second = (_side(text) for text in asked)
    context = {
        "asked": asked,
        "sides": (first, second),
        "specs_known": first.spec is not None and second.spec is not None,
        "spec_rows": spec_rows(first.spec, second.spec) if first.spec and second.spec else [],
        "score_rows": score_rows(first.result, second.result),
    }
    return render(request, "qjobs/job_compare.html", context)


def _side(text: str) -> Side:
    if not (text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS):
        raise Http404
    try:
        job = find_job(int(text))
    except NotFound:
        raise Http404 from None
    spec = read_pinned_spec(job.spec_digest)
    task = JobTask.objects.filter(job_id=job.job_id, task=0).exclude(posted_at=None).first()
    title = spec.title if spec else ""
    datasets = [one.token_id for one in spec.datasets] if spec else []
    return Side(job_card(job, title, datasets), spec, posted_result(task) if task else None)
