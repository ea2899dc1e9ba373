"""How a dataset version is cited (BibTeX, CFF 1.2) and used from Python; free of Django.

Every text that a stranger wrote goes in as data of the form it stands in: escaped, never pasted.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

SNIPPET_FEATURES = 2
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


def snippets(url: str, numeric_columns: Sequence[str]) -> list[Snippet]:
    """Reading the CSV at this address with the standard library and pandas, and a row as a circuit."""
    place = json.dumps(url)
    found = [
        Snippet(
            "Standard library",
            "",
            "import csv\nimport io\nimport urllib.request\n\n"
            f"with urllib.request.urlopen({place}) as answer:\n"
            '    rows = list(csv.DictReader(io.TextIOWrapper(answer, "utf-8", newline="")))\n'
            'print(len(rows), "rows")',
        ),
        Snippet(
            "pandas",
            "pandas",
            f"import pandas\n\ntable = pandas.read_csv({place})\nprint(table.describe())",
        ),
    ]
    features = list(numeric_columns[:SNIPPET_FEATURES])
    return [*found, _circuit(place, features)] if len(features) == SNIPPET_FEATURES else found


def _circuit(place: str, features: list[str]) -> Snippet:
    return Snippet(
        "Qiskit",
        "pandas qiskit",
        "import math\n\nimport pandas\nfrom qiskit.circuit.library import zz_feature_map\n\n"
        f"features = [{', '.join(ascii(name) for name in features)}]\n"
        f"table = pandas.read_csv({place})[features].dropna()\n"
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
