"""What every room told of its contracts (settings.PROPOSAL_ACTIONS), read once."""

from functools import lru_cache
from importlib import import_module

from django.conf import settings

from common.errors import NotFound
from governance.rules.kinds import ActionKey, ActionKind, ActionWords, Changes, Parameter, Sentence


def action_words() -> ActionWords:
    """Kinds, sentences, changes and parameters of all rooms; a later room may add, never replace."""
    return _load(tuple(settings.PROPOSAL_ACTIONS))


def find_kind(name: str) -> ActionKind:
    """The form of this name; raises NotFound."""
    kind = action_words().kinds.get(name)
    if kind is None:
        raise NotFound("There is no such kind of proposal.")
    return kind


@lru_cache(maxsize=4)
def _load(paths: tuple[str, ...]) -> ActionWords:
    modules = [import_module(path) for path in paths]
    kinds: dict[str, ActionKind] = {}
    sentences: dict[ActionKey, Sentence] = {}
    changes: dict[ActionKey, Changes] = {}
    parameters: dict[str, Parameter] = {}
    for module in reversed(modules):
        sentences |= getattr(module, "SENTENCES", {})
        changes |= getattr(module, "CHANGES", {})
    for module in modules:
        kinds |= {kind.name: kind for kind in getattr(module, "KINDS", ())}
        parameters |= {one.key: one for one in getattr(module, "PARAMETERS", ())}
    return ActionWords(kinds, sentences, changes, parameters)
