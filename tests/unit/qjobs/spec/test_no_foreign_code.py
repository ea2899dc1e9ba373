"""No text of a user is ever run (S29): our source names nothing that would; a spec has no place for code."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qjobs.spec import SpecRefused, build_spec
from tests.vectors.qjobs.specs import spec_fields

pytestmark = pytest.mark.attack("S29")
ROOT = Path(__file__).resolve().parents[4]
ROOMS = ("common", "storage", "chain", "accounts", "governance", "marketplace", "qjobs", "config")
RUNNERS = {"exec", "eval", "compile", "__import__", "breakpoint"}
MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "code", "codeop", "yaml", "imp"}
# What these run is named by settings, by our own command line or by a signed header that is read before.
OURS = {
    "chain/projections.py": "import_module",
    "chain/sender/builders.py": "import_string",
    "governance/selectors/kinds.py": "import_module",
    "marketplace/parsing/entry.py": "run_module",
    "marketplace/pins.py": "import_string",
    "qjobs/runner/qpy_reader.py": "qpy.load",
}
CODE = "__import__('os').system('id')"


def findings(source: str) -> Iterator[str]:
    """What in this source could run a text as code, or load an object that runs."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in RUNNERS | {"import_module", "import_string"}:
                yield name
            case ast.Call(func=ast.Attribute(attr="run_module" | "run_path" as name)):
                yield name
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="qpy" | "qasm2" | "qasm3" as owner), attr=name)
            ):
                if name.startswith("load"):
                    yield f"{owner}.{name}"
            case ast.Call(func=ast.Attribute(attr="from_qasm_str" | "from_qasm_file" as name)):
                yield name
            case ast.keyword(arg="allow_pickle", value=ast.Constant(value=True)):
                yield "allow_pickle"
            case ast.Import(names=names):
                yield from (each.name for each in names if each.name.split(".")[0] in MODULES)
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in MODULES:
                yield module


def test_our_source_runs_nothing_but_what_we_name_ourselves() -> None:
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]

    found = {
        str(file.relative_to(ROOT)): sorted(set(named))
        for file in files
        if (named := list(findings(file.read_text())))
    }

    assert len(files) > 300
    assert found == {file: [name] for file, name in OURS.items()}


@pytest.mark.parametrize(
    "source",
    [
        "eval(text)",
        "exec(compile(text, '', 'exec'))",
        "import pickle",
        "from joblib import load",
        "numpy.load(file, allow_pickle=True)",
        "qasm3.loads(text)",
        "QuantumCircuit.from_qasm_str(text)",
        "import_module(text)",
        "runpy.run_path(text)",
    ],
)
def test_source_that_would_run_a_text_is_found(source: str) -> None:
    assert list(findings(source))


@pytest.mark.parametrize(
    "changes",
    [
        {"code": CODE},
        {"algorithm": {"name": CODE}},
        {"algorithm": {"name": "qsvm", "kernel": CODE}},
        {"algorithm": {"c_grid": [CODE]}},
        {"engine": CODE},
        {"feature_map": {"name": "zz", "circuit": "OPENQASM 3.0; qubit q;"}},
        {"feature_map": {"name": "pauli", "paulis": [CODE]}},
        {"preprocessing": {"function": CODE}},
        {"baselines": {"models": [CODE]}},
        {"qubits": CODE},
    ],
)
def test_spec_with_code_in_it_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(SpecRefused):
        build_spec(spec_fields(**changes))


def test_title_that_looks_like_code_stays_a_title() -> None:
    assert build_spec(spec_fields(title=CODE)).title == CODE
