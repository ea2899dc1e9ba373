"""What a proposal would do if it were carried out now: tried on the newest block, never sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chain.errors import NodeUnavailable
from governance.selectors.actions import effects_of
from governance.selectors.proposals import calls_of
from governance.views.finding import find_by_digits


@require_safe
def proposal_effect(request: HttpRequest, proposal_id: str) -> HttpResponse:
    """A part of the proposal's page, or a page of its own for a browser without JavaScript."""
    row = find_by_digits(proposal_id)
    try:
        effects = effects_of(calls_of(row))
    except NodeUnavailable:
        effects = None
    is_part = request.headers.get("HX-Request") == "true"
    template = "governance/proposal_effect.html" if is_part else "governance/proposal_effect_page.html"
    return render(request, template, {"effects": effects, "proposal_id": row.proposal_id})
