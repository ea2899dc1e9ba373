"""The models that a form offers to start from, and what a form takes over of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qjobs.selectors.parents import StartModel, own_start_models

TAKEN_OVER = ("qubits", "feature_map", "preprocessing", "algorithm")


@dataclass(frozen=True)
class Start:
    """A model that training may begin with."""

    token_id: int
    words: str
    is_chosen: bool


def starts_of(wallet: str, document: Mapping[str, Any]) -> tuple[Start, ...]:
    """Those of the wallet, and the one that the document names even where it is another's."""
    chosen = [int(number) for number in document.get("parent_models", ())]
    found = [
        Start(each.token_id, _in_words(each), each.token_id in chosen) for each in own_start_models(wallet)
    ]
    known = {each.token_id for each in found}
    others = [Start(number, f"model {number}, not yours", True) for number in chosen if number not in known]
    return (*found, *others)


def document_from(model: StartModel) -> dict[str, Any]:
    """The part of a document that a job which starts from this model has in common with its own."""
    document = model.spec.model_dump(mode="json")
    taken_over = {name: document[name] for name in TAKEN_OVER}
    return {**taken_over, "parent_models": [str(model.token_id)]}


def _in_words(model: StartModel) -> str:
    spec, layers = model.spec, model.spec.algorithm.layers
    return (
        f"model {model.token_id}: {spec.title or 'without a title'} ({spec.qubits} qubits, {layers.count} "
        f"layer{'' if layers.count == 1 else 's'} of {layers.name})"
    )
