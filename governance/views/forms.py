"""The pages on which a proposal is written: one typed form a kind of act."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.selectors import wallet_of
from common.errors import NotFound
from governance.rules.kinds import FormField
from governance.selectors.kinds import action_words, find_kind
from governance.selectors.members import view_member
from governance.selectors.settings import view_governance

MAX_PREFILLED = 200


@dataclass(frozen=True)
class FilledField:
    """A field with what the address of the page already says."""

    field: FormField
    value: str


@require_safe
def new_proposal(request: HttpRequest) -> HttpResponse:
    """What can be proposed."""
    return render(request, "governance/proposal_kinds.html", {"kinds": action_words().kinds.values()})


@require_safe
def new_proposal_form(request: HttpRequest, kind: str) -> HttpResponse:
    """The form of one kind; `?<field>=` fills a field beforehand, `?reason=` the reason."""
    try:
        found = find_kind(kind)
    except NotFound as error:
        raise Http404 from error
    wallet = wallet_of(request.user)
    context = {
        "kind": found,
        "fields": [
            FilledField(field, request.GET.get(field.name, "")[:MAX_PREFILLED]) for field in found.fields()
        ],
        "reason": request.GET.get("reason", "")[:MAX_PREFILLED],
        "member": view_member(wallet) if wallet else None,
        "rules": view_governance(),
    }
    return render(request, "governance/proposal_form.html", context)
