"""Citations that cannot be broken out of, and code for readers that runs as it stands."""

import contextlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pyarrow.parquet
import pytest
import yaml

from marketplace.croissant.citing import Citable, bibtex, citation_file, snippets
from storage.cid import raw_cid

TABLE = b'radius,"texture, mean",diagnosis\n17.99,10.38,malignant\n13.54,14.36,benign\n9.5,,benign\n'
CITABLE = Citable(
    token_id=7,
    version=2,
    title="Breast cancer",
    creator="W. Wolberg",
    licence="CC-BY-4.0",
    published_on=date(2026, 11, 21),
    url="https://commons.example/datasets/7",
    content_cid=str(raw_cid(TABLE)),
)
HOSTILE = (
    "x}, author = {me}}\n@misc{evil",
    '" \nauthors: [{name: evil}]\n# ',
    "\\input{/etc/passwd} 100% #1 $x$ ~ ^ & _",
    "---\n!!python/object/apply:os.system [id]",
    "a\u2028b\u0085c\ttab",
    "{{ settings.SECRET_KEY }}",
)


def parquet() -> bytes:
    made = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"a": [1.5, 2.5], "b": [3, 4]}), made)
    return made.getvalue()


@contextlib.contextmanager
def served(content: bytes) -> Iterator[str]:
    """Where these bytes are served on this machine."""

    class Table(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Table)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ipfs/{CITABLE.content_cid}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def table_url() -> Iterator[str]:
    with served(TABLE) as url:
        yield url


def ran(code: str) -> str:
    """What the code prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "snippet", "exec"), {"__name__": "snippet"})
    return printed.getvalue()


def test_bibtex_names_version_year_address_and_bytes() -> None:
    entry = bibtex(CITABLE)

    assert entry.startswith("@misc{qommons-dataset-7-v2,")
    for field in ("title = {{Breast cancer}}", "author = {{W. Wolberg}}", "year = {2026}", "version = {2}"):
        assert field in entry
    assert f"ipfs://{CITABLE.content_cid}" in entry


def test_citation_file_is_cff_with_the_same_facts() -> None:
    cff = yaml.safe_load(citation_file(CITABLE))

    assert (cff["cff-version"], cff["type"], cff["title"]) == ("1.2.0", "dataset", "Breast cancer")
    assert (cff["authors"], cff["version"]) == ([{"name": "W. Wolberg"}], "2")
    assert (cff["date-released"], cff["license"]) == (date(2026, 11, 21), "CC-BY-4.0")
    assert cff["identifiers"][0]["value"] == f"ipfs://{CITABLE.content_cid}"


def test_citation_file_leaves_out_a_licence_that_cff_cannot_name() -> None:
    assert "license" not in yaml.safe_load(citation_file(replace(CITABLE, licence="MIT OR Apache-2.0")))


@pytest.mark.attack("S18")
@pytest.mark.parametrize("text", HOSTILE)
def test_bibtex_hostile_text_stays_inside_its_field(text: str) -> None:
    entry = bibtex(replace(CITABLE, title=text, creator=text))

    assert entry.count("@") == 1
    assert entry.count("\n") == bibtex(CITABLE).count("\n")
    assert "\\input" not in entry
    depths = [entry[:end].count("{") - entry[:end].count("}") for end in range(1, len(entry))]
    assert min(depths[depths.index(1) :]) == 1
    assert entry.count("{") == entry.count("}")


@pytest.mark.attack("S18")
@pytest.mark.parametrize("text", HOSTILE)
def test_citation_file_hostile_text_comes_back_as_text(text: str) -> None:
    cff = yaml.safe_load(citation_file(replace(CITABLE, title=text, creator=text)))

    assert (cff["title"], cff["authors"]) == (text, [{"name": text}])
    assert set(cff) == set(yaml.safe_load(citation_file(CITABLE)))


def test_every_snippet_runs_as_it_stands(table_url: str) -> None:
    printed = {each.name: ran(each.code) for each in snippets(table_url, ["radius", "texture, mean"])}

    assert printed["Standard library"] == "3 rows\n"
    assert "17.99" in printed["pandas"]
    assert "P(2π)" in printed["Qiskit"]


@pytest.mark.attack("S18")
@pytest.mark.parametrize("name", ['"]; raise SystemExit #', "'\n\\", "</code><script>", "\u202ex"])
def test_snippet_takes_a_hostile_column_name_as_text(table_url: str, name: str) -> None:
    code = snippets(table_url, [name, "radius"])[-1].code

    with pytest.raises(KeyError):
        ran(code)


def test_snippets_without_two_numbers_a_row_draw_no_circuit() -> None:
    assert [each.name for each in snippets("https://x.example/t.csv", ["radius"])] == [
        "Standard library",
        "pandas",
    ]


@pytest.mark.parametrize(
    ("table_format", "content"),
    [("jsonl", b'{"a": 1.5, "b": 3}\n{"a": 2.5, "b": 4}\n'), ("parquet", parquet())],
    ids=["jsonl", "parquet"],
)
def test_snippets_of_other_formats_run_too(table_format: str, content: bytes) -> None:
    with served(content) as url:
        printed = {each.name: ran(each.code) for each in snippets(url, ["a", "b"], table_format)}

    assert set(printed) == {"pandas", "Qiskit"}
    assert "2.5" in printed["pandas"]


def test_snippets_of_a_format_without_a_reader_are_none() -> None:
    assert snippets("https://x.example/t.npz", ["a", "b"], "npz") == []
