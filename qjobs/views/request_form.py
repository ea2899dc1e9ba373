"""What the request form offers and holds: fresh for a dataset, or as a copy of an earlier job's document."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from accounts.selectors import wallet_of
from common.errors import NotFound
from marketplace.rules.amounts import decimal_text
from marketplace.selectors.datasets import DatasetCard, VersionCard, find_version
from marketplace.views.mine import PaymentToken, holding_of, payment_tokens
from qjobs.rules.dataset_terms import terms_problem
from qjobs.selectors.parents import StartModel
from qjobs.services.specs import terms_of
from qjobs.spec import JobSpec
from qjobs.views.forms.fields import shown
from qjobs.views.forms.form import Form
from qjobs.views.forms.parent import document_from, starts_of
from qjobs.views.forms.registry import FORMS
from qjobs.views.forms.table import TableOffer, table_offer

USUAL_PAY = "10"


@dataclass(frozen=True)
class FormChoice:
    """An algorithm that the page offers; `problem` says why not for this dataset."""

    form: Form
    problem: str
    is_chosen: bool


def form_context(
    request: HttpRequest,
    card: DatasetCard | None,
    algorithm: str,
    copied: JobSpec | None,
    start: StartModel | None = None,
) -> dict[str, Any]:
    """Everything on the form; without an algorithm, that of the first that fits the dataset and its terms. A
    copy keeps its dataset's version, and what the form does not show. No card: a job without a dataset.
    `start`: the model whose circuit is filled in."""
    version = _version(card, copied)
    profile = (version.metadata.profile if version else None) or {}
    document = copied.model_dump(mode="json") if copied else document_from(start) if start else {}
    offer = table_offer(profile, version.metadata.label_column if version else "", document)
    choices = _choices(card, offer, algorithm)
    chosen = next(each for each in choices if each.is_chosen)
    tokens, wallet = _tokens(card), wallet_of(request.user)
    placed = {**document, "columns": offer.copied_columns} if document else {}
    return {
        "card": card,
        "wallet": wallet,
        "start": start,
        "starts": starts_of(wallet, document) if wallet and chosen.form.takes_parent else (),
        "mine": holding_of(request, card.dataset) if card else None,
        "version": version.version.number if version else 0,
        "form": chosen.form,
        "problem": chosen.problem,
        "choices": choices,
        "unfitting": [each for each in choices if each.problem and not each.is_chosen],
        "sections": () if chosen.problem else shown(chosen.form.sections(offer), chosen.form.kind, placed),
        "labels": offer.labels,
        "features": offer.features,
        "payment_tokens": tokens,
        "title": document.get("title", ""),
        **_pay(copied, tokens),
        "copied_json": json.dumps(document) if document else "",
        **({} if chosen.problem else chosen.form.context(offer)),
    }


def _choices(card: DatasetCard | None, offer: TableOffer, algorithm: str) -> list[FormChoice]:
    problems = {key: form.problem(offer) or _forbidden(form.algorithm, card) for key, form in FORMS.items()}
    first = next((key for key, problem in problems.items() if not problem), next(iter(FORMS)))
    return [FormChoice(form, problems[key], key == (algorithm or first)) for key, form in FORMS.items()]


def _forbidden(algorithm: str, card: DatasetCard | None) -> str:
    """Why the owner's terms allow no such job, in the words in which its document would be refused."""
    problem = terms_problem(terms_of(card.dataset), algorithm) if card else None
    return problem[0].upper() + problem[1:] if problem else ""


def _version(card: DatasetCard | None, copied: JobSpec | None) -> VersionCard | None:
    if card is None:
        return None
    if copied is None or not copied.datasets:
        return card.newest
    try:
        return find_version(card.dataset.token_id, copied.datasets[0].version)
    except NotFound:
        return card.newest


def _pay(copied: JobSpec | None, tokens: list[PaymentToken]) -> Mapping[str, Any]:
    """The pay of the copied job, where its token is still taken."""
    wanted = copied.budget.payment_token if copied else ""
    token = next((one for one in tokens if one.address.lower() == wanted), None)
    if copied is None or token is None:
        return {"pay": USUAL_PAY, "chosen_token": ""}
    return {
        "pay": decimal_text(copied.budget.pay_per_task, token.decimals),
        "chosen_token": token.address,
    }


def _tokens(card: DatasetCard | None) -> list[PaymentToken]:
    """A dataset with a fee a job takes the whole escrow in its fee's token."""
    tokens = payment_tokens()
    if card is None or not card.dataset.job_fee_units:
        return tokens
    return [token for token in tokens if token.address == card.dataset.job_fee_token] or tokens
