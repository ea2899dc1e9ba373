"""The pages on which a researcher requests a job: the form, then its document with estimate and cost."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.selectors import wallet_of
from common.errors import InvalidInput, NotFound, QommonsError, RetryableError
from governance.selectors.clock import chain_time
from marketplace.models import Dataset
from marketplace.selectors.datasets import DatasetCard, dataset_card, dataset_cards
from qjobs.errors import NotOnTheList
from qjobs.models import SpecDocument
from qjobs.rules.deadlines import deadlines_of
from qjobs.rules.spec_words import spec_in_words
from qjobs.selectors.jobs import JobFilter, all_jobs, find_job
from qjobs.selectors.parents import StartModel, start_model
from qjobs.selectors.specs import find_spec, read_pinned_spec
from qjobs.services.requests import JobOffer, Wish, offer_with_permit
from qjobs.spec import ParentRefused, build_spec
from qjobs.views.forms.registry import FORMS, form_key_of
from qjobs.views.request_form import form_context

MAX_DIGITS = 18
DAY = 86_400
NODE_SILENT = "The chain's node does not answer just now, so the cost is not known. Look again in a moment."


@never_cache
@require_safe
def new_job(request: HttpRequest) -> HttpResponse:
    """`?dataset=N`: the form, `&algorithm=` of another kind of job, `&parent=N` with the circuit of a model
    to start from. `?from=N`: filled in as that job was. `?spec=0x..`: a pinned document."""
    digest, job, dataset, algorithm, parent = (
        request.GET.get(name, "") for name in ("spec", "from", "dataset", "algorithm", "parent")
    )
    if digest:
        return _review(request, digest)
    if job:
        return _copy(request, job)
    if algorithm and algorithm not in FORMS:
        raise Http404
    is_free = not dataset and algorithm in FORMS and FORMS[algorithm].is_free
    card = None if is_free else _card(dataset)
    start = _start(parent) if parent and algorithm in FORMS and FORMS[algorithm].takes_parent else None
    return render(request, "qjobs/job_form.html", form_context(request, card, algorithm, None, start))


@never_cache
@require_safe
def requested_job(request: HttpRequest) -> HttpResponse:
    """Leads from a document to the newest job that the signed-in wallet requested with it."""
    wallet = wallet_of(request.user)
    wanted = JobFilter(requester=wallet, spec_digest=request.GET.get("spec", ""))
    try:
        job = all_jobs(wanted).first() if wallet else None
    except InvalidInput:
        raise Http404 from None
    if job is None:
        raise Http404
    return redirect("job-detail", job_id=job.job_id)


def _copy(request: HttpRequest, number: str) -> HttpResponse:
    """The form with everything that an earlier job's document says."""
    try:
        job = find_job(_number(number))
    except NotFound:
        raise Http404 from None
    spec = read_pinned_spec(job.spec_digest)
    if spec is None:
        return render(request, "qjobs/job_copy_refused.html", {"job_id": job.job_id})
    card = _card(str(spec.datasets[0].token_id)) if spec.datasets else None
    context = form_context(request, card, form_key_of(spec), spec)
    return render(request, "qjobs/job_form.html", {**context, "copied_job": job.job_id})


def _start(number: str) -> StartModel:
    try:
        return start_model(_number(number))
    except ParentRefused:
        raise Http404 from None


def _card(number: str) -> DatasetCard:
    try:
        return dataset_card(_number(number))
    except NotFound:
        raise Http404 from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise Http404
    return int(text)


def _review(request: HttpRequest, digest: str) -> HttpResponse:
    try:
        document = find_spec(digest)
    except (NotFound, InvalidInput):
        raise Http404 from None
    spec = build_spec(document.spec)
    first = next(iter(spec.datasets), None)
    offer, problem, unlisted = _offer(request, document)
    context = {
        "document": document,
        "spec": spec,
        "words": spec_in_words(spec),
        "dataset_id": first.token_id if first else 0,
        "cards": dataset_cards(Dataset.objects.filter(pk__in=[each.token_id for each in spec.datasets])),
        "offer": offer,
        "problem": problem,
        "unlisted": unlisted,
        "form_key": form_key_of(spec),
        "is_waiting": document.preview_state == SpecDocument.Preview.WAITING,
        "approve_seconds": ((DAY, "a day"), (7 * DAY, "a week"), (30 * DAY, "a month")),
        "claim_seconds": ((2 * DAY, "two days"), (14 * DAY, "a fortnight"), (60 * DAY, "two months")),
    }
    return render(request, "qjobs/job_review.html", context)


def _offer(request: HttpRequest, document: SpecDocument) -> tuple[JobOffer | None, str, NotOnTheList | None]:
    """The cost for the signed-in wallet, or in words why it cannot request the job now, and what members
    would have to allow for it."""
    if not isinstance(request.user, User):
        return None, "", None
    now = chain_time()
    deadlines = deadlines_of(
        approve_by=None, claim_by=None, approve_seconds=None, claim_seconds=None, now=now
    )
    try:
        offer = offer_with_permit(Wish(request.user.address, document.digest, (), deadlines), now=now)
    except NotOnTheList as error:
        return None, error.message, error
    except RetryableError:
        return None, NODE_SILENT, None
    except QommonsError as error:
        return None, error.message, None
    return offer, "", None
