"""The first page: what this is, what it holds now, and what came out last."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chain.selectors import indexed_head
from governance.selectors.proposals import all_proposals
from marketplace.models import Dataset
from marketplace.selectors.catalogue import CatalogueFilter, catalogue
from marketplace.views.catalogue import dataset_rows
from qjobs.models import Job
from qjobs.selectors.jobs import JobFilter, all_jobs
from qjobs.selectors.models import all_models, view_model
from qjobs.views.cards import job_cards
from qjobs.views.plot import measured_models

JOBS_SHOWN = 4
DATASETS_SHOWN = 4


@dataclass(frozen=True)
class Stat:
    """One live number."""

    singular: str
    value: int
    plural: str

    @property
    def label(self) -> str:
        return self.singular if self.value == 1 else self.plural


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Qommons is in ten seconds, with numbers counted from the chain's events."""
    context = {
        "stats": _stats(),
        "head": indexed_head(),
        "proof": _latest_result(),
        "jobs": job_cards(all_jobs(JobFilter())[:JOBS_SHOWN]),
        "datasets": dataset_rows(catalogue(CatalogueFilter(), limit=DATASETS_SHOWN).items),
    }
    return render(request, "qjobs/home.html", context)


def _stats() -> list[Stat]:
    votes_cast = all_proposals().aggregate(votes=Sum("voters"))["votes"] or 0
    return [
        Stat("dataset", Dataset.objects.filter(is_retired=False).count(), "datasets"),
        Stat("proposal", all_proposals().count(), "proposals"),
        Stat("vote cast", votes_cast, "votes cast"),
        Stat("job settled", all_jobs(JobFilter(state=Job.State.SETTLED)).count(), "jobs settled"),
        Stat("model", all_models().count(), "models"),
    ]


def _latest_result() -> dict[str, Any] | None:
    """The newest model's verdict beside its best baseline; None where there is none or its bytes are away."""
    newest = all_models().first()
    view = view_model(newest.token_id) if newest else None
    if view is None or view.result is None or not view.result.verdict:
        return None
    models = measured_models(view.result.metrics)
    return {
        "job_id": view.model.job_id,
        "model_id": view.model.token_id,
        "verdict": view.result.verdict,
        "quantum": next((each for each in models if each.is_quantum), None),
        "best_baseline": next((each for each in models if not each.is_quantum), None),
    }
