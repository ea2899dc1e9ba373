"""The pages of trained models."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from common.errors import InvalidInput, NotFound
from common.paging import read_cursor, take_page
from governance.selectors.proposals import view_proposals
from governance.views.cards import card_of
from marketplace.models import Dataset, Right
from marketplace.selectors.catalogue import check_query
from marketplace.selectors.datasets import dataset_cards, find_version
from marketplace.selectors.trade import ListingFilter, ended_listings
from marketplace.views.mine import payment_tokens
from qjobs.models import JobDataset
from qjobs.rules.sealed_words import sealed_words
from qjobs.selectors.jobs import approval_proposals
from qjobs.selectors.models import ModelFilter, ModelView, all_models, view_model
from qjobs.selectors.results import cid_of, posted_card, sealed_names
from qjobs.selectors.specs import read_pinned_spec
from qjobs.spec import JobSpec, QnnSpec, ReductionSpec, TableSpec
from qjobs.spec.parts import ClassColumns, Columns
from qjobs.views.cards import model_cards
from qjobs.views.checking import verify_command
from qjobs.views.lineage import lineage_of_model
from qjobs.views.plot import dot_plot, measured_models
from qjobs.views.predicting import offers_of, passes_held, predicting_of
from qjobs.views.use import used_versions


@require_safe
def model_list(request: HttpRequest) -> HttpResponse:
    """Models, newest first; `?q=` searches their titles, `?before=` is a later page."""
    try:
        cursor = read_cursor(request.GET.get("before"), None)
        query = check_query(request.GET.get("q", ""))
    except InvalidInput:
        raise Http404 from None
    page = take_page(all_models(ModelFilter(query=query)), "token_id", cursor)
    asked = {"q": query} if query else {}
    context = {
        "models": model_cards(page.items),
        "query": query,
        "first": f"/models?{urlencode(asked)}" if asked else "/models",
        "older": f"/models?{urlencode({**asked, 'before': page.next_cursor})}" if page.next_cursor else "",
        "is_later_page": cursor.before is not None,
    }
    return render(request, "qjobs/model_list.html", context)


@require_safe
def model_detail(request: HttpRequest, token_id: int) -> HttpResponse:
    """One model: what it reaches, where it comes from, its files, and how to check it."""
    try:
        view = view_model(token_id)
    except NotFound:
        raise Http404 from None
    spec = read_pinned_spec(view.job.spec_digest) if view.job else None
    context = {
        "title": _title(view, spec),
        "outcome": _outcome(spec),
        "named": _named(spec),
        "directions": spec.algorithm.components if isinstance(spec, ReductionSpec) else 0,
        "predicting": predicting_of(request, view),
        "offered": offers_of(view.model),
        "ended_listings": ended_listings(ListingFilter(model_id=token_id, right=Right.PREDICT)),
        "payment_tokens": payment_tokens(),
        "view": view,
        "model": view.model,
        "result": view.result,
        "plot": dot_plot(measured_models(view.result.metrics)) if view.result else None,
        "files": view.files,
        "sealed_words": sealed_words(sealed_names(view.files), view.result.metrics if view.result else {}),
        "card": posted_card(view.files),
        "passes_held": passes_held(view.model),
        "artefact_cid": cid_of(view.model.artefact_digest),
        "metrics_cid": cid_of(view.model.metrics_digest),
        "run_record_cid": cid_of(view.model.run_record_digest),
        "lineage": _lineage(view),
        "origin": lineage_of_model(view),
        "proposals": [card_of(proposal) for proposal in view_proposals(approval_proposals(view.job))]
        if view.job
        else [],
        "verify_command": verify_command("model", token_id),
        "used_versions": used_versions(view),
        "further_dataset": view.datasets[0].dataset_id if isinstance(spec, QnnSpec) and view.datasets else 0,
    }
    return render(request, "qjobs/model_detail.html", context)


def _title(view: ModelView, spec: JobSpec | None) -> str:
    """The title of the job's document, from its verified bytes; else the model's number."""
    return spec.title if spec and spec.title else f"Model {view.model.token_id}"


def _outcome(spec: JobSpec | None) -> str:
    """What a decision above 0 means; empty where the decision is a number."""
    columns = spec.datasets[0].columns if isinstance(spec, TableSpec) else None
    return f"{columns.label} = {columns.positive_label}" if isinstance(columns, Columns) else ""


def _named(spec: JobSpec | None) -> str:
    """The label of which the model names one of several classes; empty where it names none."""
    columns = spec.datasets[0].columns if isinstance(spec, TableSpec) else None
    return columns.label if isinstance(columns, ClassColumns) else ""


def _lineage(view: ModelView) -> list[dict[str, object]]:
    """The dataset versions that the model was trained on, with their titles and licences."""
    rows = Dataset.objects.filter(pk__in=[use.dataset_id for use in view.datasets])
    titles = {card.dataset.token_id: card.title for card in dataset_cards(rows)}
    return [
        {
            "dataset_id": use.dataset_id,
            "version": use.version,
            "title": titles.get(use.dataset_id, ""),
            "licence": _licence(use),
        }
        for use in view.datasets
    ]


def _licence(use: JobDataset) -> str:
    """The licence of the version that was read; empty where its metadata is not at hand."""
    try:
        return find_version(use.dataset_id, use.version).metadata.licence
    except NotFound:
        return ""
