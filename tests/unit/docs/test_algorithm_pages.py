"""Every document of docs/algorithms is a page of the guide, and all its links lead somewhere."""

import re

import pytest

from config.algorithm_pages import SLUGS, page_of
from tests.unit.docs.test_docs_are_true import ROOT

FOLDER = ROOT / "docs/algorithms"
LINK = re.compile(r'href="([^"]+)"')


def test_every_document_is_listed_once_in_the_guide_and_in_the_index():
    listed = re.findall(r"\(algorithms/([a-z-]+)\.md\)", (ROOT / "docs/algorithms.md").read_text())

    assert sorted(listed) == sorted(SLUGS) == sorted(file.stem for file in FOLDER.glob("*.md"))


@pytest.mark.parametrize("slug", SLUGS)
def test_document_is_a_page_with_a_title_a_lead_and_links_that_lead_somewhere(slug):
    page = page_of(slug)

    assert page.title
    assert 20 < len(page.lead) < 160
    for target in LINK.findall(page.text):
        neighbour = target.removeprefix("/docs/algorithms/")
        assert target.startswith("https://") or neighbour in SLUGS, target


@pytest.mark.parametrize("slug", ["qsvm", "qpca", "qnn", "vqe", "qaoa"])
def test_page_of_an_algorithm_names_its_papers(slug):
    text = page_of(slug).text

    assert "Papers: " in text
    assert "https://arxiv.org/abs/" in text
