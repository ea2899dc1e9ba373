"""The digest of the projections' code: it changes with what they do, and with nothing else."""

import sys
from importlib import import_module
from inspect import isfunction
from pathlib import Path
from types import ModuleType

from chain import projections
from chain.projections import Projections


def test_code_of_projections_is_known_by_its_statements_in_every_file(tmp_path):
    unlike = 'def f():\n    """Says {}."""\n    return {}  # {}\n\n\nclass C:\n    """{}."""\n'
    digests = []
    for number, words in enumerate([("a", 1, "b", "c"), ("d", "(1)", "e", "f"), ("a", 2, "b", "c")]):
        package = tmp_path / f"projected_{number}"
        package.mkdir()
        (package / "__init__.py").write_text("HANDLERS = {}\n")
        (package / "part.py").write_text(unlike.format(*words))
        digests.append(load_from(package).digest)

    assert digests[0] == digests[1] != digests[2]


def test_code_of_projections_includes_every_helper_that_writes_their_rows(settings):
    for path in settings.PROJECTIONS:
        import_module(path)
    modules = [module for name, module in sys.modules.items() if name.startswith(tuple(settings.PROJECTIONS))]
    called = {each.__module__ for module in modules for each in vars(module).values() if isfunction(each)}
    own = {module.__name__ for module in modules}
    helpers = {helper.__name__ for helper in projections.HELPERS}

    assert called - own - helpers == {"common.wake", "qjobs.services.queueing"}, (
        "these write no projected row"
    )


def test_digest_changes_with_a_helper_and_with_the_revision(settings, tmp_path, monkeypatch):
    digests = {projections.load(settings.PROJECTIONS).digest}
    changed = ModuleType("texts")
    changed.__file__ = str(tmp_path / "texts.py")
    (tmp_path / "texts.py").write_text("x = 1\n")

    monkeypatch.setattr(projections, "HELPERS", (*projections.HELPERS[:-1], changed))
    digests.add(projections.load(settings.PROJECTIONS).digest)
    monkeypatch.setattr(projections, "REVISION", projections.REVISION + 1)
    digests.add(projections.load(settings.PROJECTIONS).digest)

    assert len(digests) == 3


def load_from(package: Path) -> Projections:
    module = ModuleType(package.name)
    module.__path__, module.HANDLERS = [str(package)], {}
    loaded = Projections()
    loaded.add(module)
    return loaded
