"""The pages on which a researcher requests a job: the form, then its document with estimate and cost."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.selectors import wallet_of
from common.errors import InvalidInput, NotFound, QommonsError, RetryableError
from governance.selectors.clock import chain_time
from marketplace.selectors.datasets import DatasetCard, dataset_card
from marketplace.views.mine import PaymentToken, holding_of, payment_tokens
from qjobs.models import SpecDocument
from qjobs.rules.deadlines import deadlines_of
from qjobs.rules.spec_words import spec_in_words
from qjobs.selectors.jobs import JobFilter, all_jobs
from qjobs.selectors.specs import find_spec
from qjobs.services.requests import JobOffer, Wish, offer_with_permit
from qjobs.spec import build_spec

MAX_QUBITS = 20
MAX_CLASSES = 50
USUAL_QUBITS = 6
USUAL_PAY = "10"
DAY = 86_400
NODE_SILENT = (
    "The chain's node does not answer just now, so nobody can say what it costs. Look again in a moment."
)


@dataclass(frozen=True)
class Feature:
    """A numeric column that a job may read."""

    name: str
    is_chosen: bool
    missing: int


@dataclass(frozen=True)
class LabelColumn:
    """A column of few values that a job may predict; `values_json` for the page's module."""

    name: str
    values: tuple[str, ...]
    is_chosen: bool

    @property
    def values_json(self) -> str:
        return json.dumps(self.values)


@never_cache
@require_safe
def new_job(request: HttpRequest) -> HttpResponse:
    """`?dataset=N`: the form. `?spec=0x..`: a pinned document, its cost, and the button that requests it."""
    digest, dataset = request.GET.get("spec", ""), request.GET.get("dataset", "")
    if digest:
        return _review(request, digest)
    if not (dataset.isascii() and dataset.isdigit()):
        raise Http404
    try:
        card = dataset_card(int(dataset))
    except (NotFound, OverflowError):
        raise Http404 from None
    return render(request, "qjobs/job_form.html", _form(request, card))


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


def _form(request: HttpRequest, card: DatasetCard) -> dict[str, Any]:
    newest = card.newest
    profile = (newest.metadata.profile if newest else None) or {}
    label = newest.metadata.label_column if newest else ""
    labels = _labels(profile, label)
    chosen = next((each.name for each in labels if each.is_chosen), "")
    features = _features(profile, chosen)
    suggested = (profile.get("quantum") or {}).get("suggested_pca_qubits") or USUAL_QUBITS
    most = min(MAX_QUBITS, len(features))
    return {
        "card": card,
        "mine": holding_of(request, card.dataset),
        "version": newest.version.number if newest else 0,
        "labels": labels,
        "features": features,
        "max_qubits": most,
        "qubits": max(2, min(suggested, most)),
        "payment_tokens": _tokens(card),
        "usual_pay": USUAL_PAY,
        "is_possible": bool(labels and len(features) > 1),
    }


def _labels(profile: dict[str, Any], label: str) -> list[LabelColumn]:
    """Columns of 2 to 50 values; the provider's label first, else the last one is chosen."""
    found = [
        (column["name"], tuple(str(each["value"]) for each in column.get("top_values", ())))
        for column in profile.get("columns", ())
    ]
    fitting = [(name, values) for name, values in found if 2 <= len(values) <= MAX_CLASSES]
    names = [name for name, _ in fitting]
    chosen = label if label in names else (names[-1] if names else "")
    return [LabelColumn(name, values, name == chosen) for name, values in fitting]


def _features(profile: dict[str, Any], label: str) -> list[Feature]:
    numeric = [column for column in profile.get("columns", ()) if column["type"] in {"integer", "real"}]
    return [
        Feature(column["name"], not column.get("missing"), column.get("missing") or 0)
        for column in numeric
        if column["name"] != label
    ]


def _tokens(card: DatasetCard) -> list[PaymentToken]:
    """A dataset with a fee a job takes the whole escrow in its fee's token."""
    tokens = payment_tokens()
    if not card.dataset.job_fee_units:
        return tokens
    return [token for token in tokens if token.address == card.dataset.job_fee_token] or tokens


def _review(request: HttpRequest, digest: str) -> HttpResponse:
    try:
        document = find_spec(digest)
    except (NotFound, InvalidInput):
        raise Http404 from None
    spec = build_spec(document.spec)
    first = spec.datasets[0]
    offer, problem = _offer(request, document)
    context = {
        "document": document,
        "spec": spec,
        "words": spec_in_words(spec),
        "dataset_id": first.token_id,
        "offer": offer,
        "problem": problem,
        "is_waiting": document.preview_state == SpecDocument.Preview.WAITING,
        "approve_seconds": ((DAY, "a day"), (7 * DAY, "a week"), (30 * DAY, "a month")),
        "claim_seconds": ((2 * DAY, "two days"), (14 * DAY, "a fortnight"), (60 * DAY, "two months")),
    }
    return render(request, "qjobs/job_review.html", context)


def _offer(request: HttpRequest, document: SpecDocument) -> tuple[JobOffer | None, str]:
    """The cost for the signed-in wallet, or in words why it cannot request the job now."""
    if not isinstance(request.user, User):
        return None, ""
    now = chain_time()
    deadlines = deadlines_of(
        approve_by=None, claim_by=None, approve_seconds=None, claim_seconds=None, now=now
    )
    try:
        offer = offer_with_permit(Wish(request.user.address, document.digest, (), deadlines), now=now)
    except RetryableError:
        return None, NODE_SILENT
    except QommonsError as error:
        return None, error.message
    return offer, ""
