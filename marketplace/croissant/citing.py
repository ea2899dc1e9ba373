"""How a dataset version is cited (BibTeX, CFF 1.2) and used from Python; free of Django.

Every text that a stranger wrote goes in as data of the form it stands in: escaped, never pasted.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

SNIPPET_FEATURES = 2
# How pandas reads each format from an address, and what it needs for that.
_READERS = {
    "csv": ("pandas.read_csv({})", "pandas"),
    "jsonl": ("pandas.read_json({}, lines=True)", "pandas"),
    "parquet": ("pandas.read_parquet({})", "pandas pyarrow"),
}
_BIBTEX = {character: f"{{\\{character}}}" for character in "&%$#_"} | {
    "\\": "{\\textbackslash}",
    "~": "{\\textasciitilde}",
    "^": "{\\textasciicircum}",
    "{": "(",
    "}": ")",
    "\n": " ",
}


@dataclass(frozen=True)
class Citable:
    """What a citation says of a version. `licence` is an SPDX expression or empty."""

    token_id: int
    version: int
    title: str
    creator: str
    licence: str
    published_on: date
    url: str
    content_cid: str


@dataclass(frozen=True)
class Snippet:
    """A piece of Python that runs as it stands once `packages` are installed."""

    name: str
    packages: str
    code: str


def bibtex(citable: Citable) -> str:
    """A @misc entry; braces and commands inside the texts can neither end it nor run."""
    fields = {
        "title": f"{{{_bibtex(citable.title)}}}",
        "author": f"{{{_bibtex(citable.creator)}}}",
        "year": str(citable.published_on.year),
        "version": str(citable.version),
        "howpublished": f"\\url{{{citable.url}}}",
        "note": f"ipfs://{citable.content_cid}",
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{qommons-dataset-{citable.token_id}-v{citable.version},\n{lines}\n}}"


def citation_file(citable: Citable) -> str:
    """A CITATION.cff; every text is a JSON string, which is a YAML string too."""
    lines = [
        "cff-version: 1.2.0",
        "message: If you use this dataset, please cite it as below.",
        "type: dataset",
        f"title: {_quoted(citable.title)}",
        "authors:",
        f"  - name: {_quoted(citable.creator)}",
        f'version: "{citable.version}"',
        f"date-released: {citable.published_on.isoformat()}",
        f"url: {_quoted(citable.url)}",
        "identifiers:",
        "  - type: other",
        f"    value: {_quoted('ipfs://' + citable.content_cid)}",
        "    description: The CID of the bytes",
    ]
    if citable.licence and " " not in citable.licence:
        lines.append(f"license: {_quoted(citable.licence)}")
    return "\n".join(lines) + "\n"


def snippets(url: str, numeric_columns: Sequence[str], table_format: str = "csv") -> list[Snippet]:
    """Reading the table at this address into pandas, CSV also without, and a row as a circuit.

    None for a format that pandas does not read from an address.
    """
    if table_format not in _READERS:
        return []
    call, packages = _READERS[table_format]
    place = json.dumps(url)
    read = call.format(place)
    found = [Snippet("pandas", packages, f"import pandas\n\ntable = {read}\nprint(table.describe())")]
    if table_format == "csv":
        found.insert(0, _standard_library(place))
    features = list(numeric_columns[:SNIPPET_FEATURES])
    return [*found, _circuit(read, packages, features)] if len(features) == SNIPPET_FEATURES else found


def _standard_library(place: str) -> Snippet:
    return Snippet(
        "Standard library",
        "",
        "import csv\nimport io\nimport urllib.request\n\n"
        f"with urllib.request.urlopen({place}) as answer:\n"
        '    rows = list(csv.DictReader(io.TextIOWrapper(answer, "utf-8", newline="")))\n'
        'print(len(rows), "rows")',
    )


def _circuit(read: str, packages: str, features: list[str]) -> Snippet:
    return Snippet(
        "Qiskit",
        f"{packages} qiskit",
        "import math\n\nimport pandas\nfrom qiskit.circuit.library import zz_feature_map\n\n"
        f"features = [{', '.join(ascii(name) for name in features)}]\n"
        f"table = {read}[features].dropna()\n"
        "spread = (table.max() - table.min()).replace(0, 1)\n"
        "angles = (table - table.min()) / spread * math.pi\n"
        f"circuit = zz_feature_map({len(features)}, reps=2)\n"
        "first_row = circuit.assign_parameters(angles.iloc[0].tolist())\n"
        "print(first_row.draw())",
    )


def _bibtex(text: str) -> str:
    return "".join(_BIBTEX.get(character, character) for character in text).replace("@", "(at)")


def _quoted(text: str) -> str:
    return json.dumps(text)
