"""The guide: pages of prose for whoever reads, signs, runs a worker or checks."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@dataclass(frozen=True)
class Chapter:
    """A page of the guide; its text is templates/docs/<slug>.html."""

    slug: str
    title: str
    lead: str

    @property
    def template(self) -> str:
        return f"docs/{self.slug}.html"


CHAPTERS = (
    Chapter(
        "wallet",
        "How to use a wallet here",
        "Install MetaMask, add the network, sign in, and know what you sign before you sign it.",
    ),
    Chapter(
        "votes",
        "How a vote binds a job",
        "No vote, no run: from a document's digest to the worker that refuses every other digest.",
    ),
    Chapter(
        "verification",
        "What verification proves",
        "What one command re-computes from the chain and IPFS alone, and what it cannot tell you.",
    ),
    Chapter(
        "worker",
        "How to run a worker",
        "An executor is one deployment with its own database, queue and keys, admitted by a vote.",
    ),
    Chapter(
        "algorithms",
        "Algorithms and engines",
        "What a job can compute, with its papers, what it is compared with, and how it is checked.",
    ),
    Chapter(
        "api",
        "The API, endpoint by endpoint",
        "Everything that the pages can do, for scripts: what to send, and what comes back.",
    ),
    Chapter("glossary", "Glossary", "The words that these pages use, each in a sentence or two."),
)
_BY_SLUG = {chapter.slug: chapter for chapter in CHAPTERS}


@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """What the guide holds."""
    return render(request, "docs/contents.html", {"chapters": CHAPTERS})


@require_safe
def chapter(request: HttpRequest, slug: str) -> HttpResponse:
    """One page of the guide."""
    found = _BY_SLUG.get(slug)
    if found is None:
        raise Http404
    return render(request, found.template, {"chapters": CHAPTERS, "chapter": found})
