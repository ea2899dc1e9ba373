"""Hands chain events to the other apps: one setting lists their projection modules, in order."""

import ast
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from chain import abi, abi_types, texts
from chain.bindings import BY_NAME
from chain.events import LogEvent
from chain.journal import block_scope

Handler = Callable[[LogEvent], None]
# What projections make of words and strings is theirs too.
HELPERS = (abi, abi_types, texts)
# Raised by hand where something else that rows follow from has changed, such as how a model spells its keys.
REVISION = 1
_MAY_SAY_WHAT_IT_IS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass
class Projections:
    """What happens on an event, on news, on a new final block, and when finality itself was undone.

    `sources`: the code of all that; comments, docstrings and layout aside.
    """

    handlers: dict[tuple[str, str], list[Handler]] = field(default_factory=dict)
    news_hooks: list[Callable[[Sequence[LogEvent]], None]] = field(default_factory=list)
    deep_block_hooks: list[Callable[[int, int], None]] = field(default_factory=list)
    deep_reorg_hooks: list[Callable[[int, int], None]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def add(self, module: ModuleType) -> None:
        """Takes a module's HANDLERS and hooks; a later module may read the rows of an earlier one."""
        for key, handler in module.HANDLERS.items():
            _check_known(key, module.__name__)
            self.handlers.setdefault(key, []).append(handler)
        if hasattr(module, "on_news"):
            self.news_hooks.append(module.on_news)
        if hasattr(module, "on_deep_block"):
            self.deep_block_hooks.append(module.on_deep_block)
        if hasattr(module, "on_deep_reorg"):
            self.deep_reorg_hooks.append(module.on_deep_reorg)
        self.sources.extend(_sources_of(module))

    @property
    def digest(self) -> str:
        """Names this code: rows that other code projected may not be what this would make of the events."""
        return "0x" + hashlib.sha256("\0".join(self.sources).encode()).hexdigest()

    def project(self, event: LogEvent) -> None:
        """Writes what follows from one event."""
        for handler in self.handlers.get((event.contract, event.name), ()):
            handler(event)

    def news(self, events: Sequence[LogEvent]) -> None:
        """Tells what was just read from the node, once a range; a replay of stored events is no news."""
        for hook in self.news_hooks:
            hook(events)

    def deep_block(self, number: int, timestamp: int) -> None:
        """Tells that this block and all before it are final; may skip numbers, and repeats after a reorg."""
        for hook in self.deep_block_hooks:
            hook(number, timestamp)

    def deep_reorg(self, fork_number: int, deep_number: int) -> None:
        """Tells that blocks above the fork were undone though they counted as final up to deep_number."""
        for hook in self.deep_reorg_hooks:
            hook(fork_number, deep_number)


def load(module_paths: Iterable[str]) -> Projections:
    """The projections of these modules, in this order."""
    projections = Projections(sources=[str(REVISION)])
    for helper in HELPERS:
        projections.sources.extend(_sources_of(helper))
    for path in module_paths:
        projections.add(import_module(path))
    return projections


def project(event: LogEvent, handlers: Mapping[tuple[str, str], Handler]) -> None:
    """Applies one event as the follower does, in a transaction of its block: for tests of handlers."""
    with transaction.atomic(), block_scope(event.block_number):
        handlers[(event.contract, event.name)](event)


@cache
def _sources_of(module: ModuleType) -> tuple[str, ...]:
    """The statements of a module, or of every file of a package."""
    folders = [Path(folder) for folder in getattr(module, "__path__", [])]
    files = sorted(file for folder in folders for file in folder.rglob("*.py"))
    return tuple(_statements(file) for file in files or [Path(str(module.__file__))])


def _statements(file: Path) -> str:
    """A file's code, written one way. Another Python may write it otherwise: a replay more, no wrong row."""
    tree = ast.parse(file.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, _MAY_SAY_WHAT_IT_IS) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.unparse(tree)


def _check_known(key: tuple[str, str], module_name: str) -> None:
    contract, name = key
    if contract not in BY_NAME or name not in {known.name for known in BY_NAME[contract].EVENTS}:
        raise ImproperlyConfigured(f"{module_name} handles {contract}.{name}, which no binding declares")
