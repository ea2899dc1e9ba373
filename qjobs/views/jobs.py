"""The pages of jobs."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from common.errors import InvalidInput, NotFound
from common.paging import read_cursor, take_page
from governance.views.cards import card_of
from qjobs.models import Job, JobTask, SpecDocument
from qjobs.rules.sealed_words import sealed_words
from qjobs.rules.snippets import job_snippets
from qjobs.rules.spec_words import spec_in_words
from qjobs.selectors.jobs import JobFilter, JobView, all_jobs, find_job, view_job
from qjobs.selectors.news import place_of
from qjobs.selectors.progress import measured_curves, progress_after
from qjobs.selectors.results import cid_of, posted_files, posted_result, sealed_names
from qjobs.selectors.specs import find_spec
from qjobs.selectors.standing import job_sub_state
from qjobs.views.acts import acts_on
from qjobs.views.answers import answer_plots
from qjobs.views.cards import job_card, job_cards
from qjobs.views.checking import verify_command
from qjobs.views.disputing import dispute_context
from qjobs.views.pictures import result_pictures
from qjobs.views.plot import dot_plot, measured_models
from qjobs.views.words import FILTERS, HELD_NOTE, LIVE_STATES, MONEY_NOTES, STATES, moments_of, payee_words

EVENTS_SHOWN = 200
JOBS_OF_A_DATASET = 5


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """Jobs, newest first; `?state=` filters, `?before=` is a later page."""
    chosen = request.GET.get("state", "")
    states = {name: state for name, _, state in FILTERS}
    try:
        cursor = read_cursor(request.GET.get("before"), None)
    except InvalidInput:
        raise Http404 from None
    if chosen not in states:
        raise Http404
    page = take_page(all_jobs(JobFilter(state=states[chosen])), "job_id", cursor)
    asked = {"state": chosen} if chosen else {}
    context = {
        "jobs": job_cards(page.items),
        "filters": [
            {"url": f"/jobs?state={name}" if name else "/jobs", "label": label, "is_chosen": name == chosen}
            for name, label, _ in FILTERS
        ],
        "is_filtered": bool(chosen),
        "older": f"/jobs?{urlencode({**asked, 'before': page.next_cursor})}" if page.next_cursor else "",
        "is_later_page": cursor.before is not None,
        "legend": list(STATES.values()),
    }
    return render(request, "qjobs/job_list.html", context)


@require_safe
def job_detail(request: HttpRequest, job_id: int) -> HttpResponse:
    """One job: what was asked, how the vote stands, what came out, and how to check it."""
    try:
        view = view_job(job_id)
    except NotFound:
        raise Http404 from None
    posted = next((task for task in view.tasks if task.task == 0 and task.posted_at is not None), None)
    context = {
        **_standing_context(view),
        **_result_context(posted),
        **dispute_context(request, view.job),
        "view": view,
        "acts": acts_on(request, view),
        "awaits_vote": view.job.state == Job.State.REQUESTED,
        "payouts": _payouts(view),
        "pay": view.job.pay_per_task * view.job.tasks,
        "words": spec_in_words(view.spec) if view.spec else [],
        "document": _document(view),
        "spec_cid": cid_of(view.job.spec_digest),
        "differences": view.differences,
        "duplicates": view.duplicates,
        "proposals": [card_of(proposal) for proposal in view.proposals],
        "timeline": moments_of(view.job, view.history),
        "money_note": MONEY_NOTES.get(view.job.state, HELD_NOTE),
        "verify_command": verify_command("job", job_id) if posted else "",
        "snippets": job_snippets(settings.SITE_URL, job_id, is_over=view.job.is_over),
        "legend": list(STATES.values()),
    }
    return render(request, "qjobs/job_detail.html", context)


@require_safe
def job_progress(request: HttpRequest, job_id: int) -> HttpResponse:
    """The live part of a job's page; once the chain's state has moved on, the whole page comes anew."""
    try:
        view = view_job(job_id)
    except NotFound:
        raise Http404 from None
    response = render(request, "qjobs/job_progress.html", _standing_context(view))
    if request.GET.get("state") != str(view.job.state):
        response["HX-Refresh"] = "true"
    return response


def dataset_jobs_context(dataset_id: int) -> dict[str, Any]:
    """The newest jobs that read a dataset, for its page."""
    rows = list(all_jobs(JobFilter(dataset_id=dataset_id))[: JOBS_OF_A_DATASET + 1])
    return {
        "jobs": job_cards(rows[:JOBS_OF_A_DATASET]),
        "has_more": len(rows) > JOBS_OF_A_DATASET,
        "token_id": dataset_id,
    }


def approved_job_context(job_id: int, spec_digest: str) -> dict[str, Any]:
    """What a proposal that approves this job would let run, for the page on which members vote."""
    try:
        view = view_job(find_job(job_id).job_id)
    except NotFound:
        return {"is_approval": True}
    return {
        "is_approval": True,
        "job": job_card(
            view.job, view.spec.title if view.spec else "", [use.row.dataset_id for use in view.datasets]
        ),
        "spec_digest": view.job.spec_digest,
        "wrong_digest": view.job.spec_digest != spec_digest.lower(),
        "differences": view.differences,
        "duplicates": view.duplicates,
        "words": spec_in_words(view.spec) if view.spec else [],
        "document": _document(view),
    }


def _payouts(view: JobView) -> list[dict[str, Any]]:
    """Whom the job paid, each with what they are to it."""
    executors = frozenset(task.executor for task in view.tasks if task.executor)
    return [{"row": row, "who": payee_words(view.job, executors, row.account)} for row in view.payouts]


def _document(view: JobView) -> SpecDocument | None:
    """Estimate and circuit of the spec, where this site has made them."""
    try:
        return find_spec(view.job.spec_digest)
    except NotFound:
        return None


def _standing_context(view: JobView) -> dict[str, Any]:
    """The job's head and the worker's log, newest first."""
    events = progress_after(
        view.job.job_id, max(0, (view.run.events if view.run else 0) - EVENTS_SHOWN)
    ).events
    title = view.spec.title if view.spec else ""
    dataset_ids = [use.row.dataset_id for use in view.datasets]
    return {
        "job": job_card(view.job, title, dataset_ids, "" if view.job.is_over else job_sub_state(view)),
        "state_number": view.job.state,
        "is_live": view.job.state in LIVE_STATES,
        "events": list(reversed(events)),
        "curves": measured_curves(view.run),
        "place": place_of(view),
        "newest_event": events[-1] if events else None,
        "has_more_events": view.run is not None and view.run.events > EVENTS_SHOWN,
    }


def _result_context(task: JobTask | None) -> dict[str, Any]:
    if task is None:
        return {}
    result, files = posted_result(task), posted_files(task)
    return {
        **(result_pictures(result.metrics, files) if result else {}),
        "answers": answer_plots(result.metrics) if result else [],
        "result": result,
        "plot": dot_plot(measured_models(result.metrics)) if result else None,
        "files": files,
        "sealed_words": sealed_words(sealed_names(files), result.metrics if result else {}),
        "artefact_cid": cid_of(task.artefact_digest),
        "metrics_cid": cid_of(task.metrics_digest),
        "run_record_cid": cid_of(task.run_record_digest),
    }
