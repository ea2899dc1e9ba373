"""The guide's pages on algorithms and engines: the documents of docs/algorithms, as the site shows them."""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from config.guide import CHAPTERS

SLUGS = ("qsvm", "qpca", "qnn", "vqe", "qaoa", "hardware", "promises", "large-runs", "engines")
"""In the order in which they are listed; each is docs/algorithms/<slug>.md."""

CHAPTER = next(chapter for chapter in CHAPTERS if chapter.slug == "algorithms")
NEIGHBOUR = ".md"


@dataclass(frozen=True)
class Page:
    """`title` is the document's heading, `lead` its first paragraph, and `text` the rest as HTML."""

    slug: str
    title: str
    lead: str
    text: SafeString


@require_safe
def algorithm_list(request: HttpRequest) -> HttpResponse:
    """What a job can compute."""
    pages = [page_of(slug) for slug in SLUGS]
    return render(request, CHAPTER.template, {"chapters": CHAPTERS, "chapter": CHAPTER, "pages": pages})


@require_safe
def algorithm_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One document."""
    if slug not in SLUGS:
        raise Http404
    return render(request, "docs/algorithm.html", {"page": page_of(slug)})


@cache
def page_of(slug: str) -> Page:
    """The document under that name; it does not change while a process runs."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    document = settings.BASE_DIR / "docs/algorithms" / f"{slug}.md"
    heading, lead, body = document.read_text(encoding="utf-8").split("\n\n", 2)
    tokens = markdown.parse(body)
    for token in tokens:
        _fit(token)
    text = markdown.renderer.render(tokens, markdown.options, {})
    text = text.replace("<table>", '<div class="scroll" tabindex="0"><table>')
    text = text.replace("</table>", "</table></div>").replace("<pre>", '<pre tabindex="0">')
    plain_title = heading.removeprefix("# ").replace("`", "")
    # Ours, rendered without any HTML of its own.
    return Page(slug, plain_title, " ".join(lead.split()), mark_safe(text))  # noqa: S308


def _fit(token: Token) -> None:
    """Links to a neighbour lead to its page."""
    for each in token.children or ():
        target = str(each.attrGet("href") or "")
        if target.endswith(NEIGHBOUR):
            each.attrSet("href", f"/docs/algorithms/{target.removesuffix(NEIGHBOUR)}")
