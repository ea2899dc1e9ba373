"""Whether training can begin with a model: its circuit must be the one that is trained."""

from collections.abc import Iterator
from typing import Any

from qjobs.spec.document import JobSpec
from qjobs.spec.errors import ParentRefused
from qjobs.spec.qnn import QnnSpec
from qjobs.spec.warm_start import MAX_SEEN_DATASETS


def require_same_circuit(spec: QnnSpec, parent: JobSpec) -> QnnSpec:
    """The spec of the parent's job, held against one that starts from it.

    Raises `ParentRefused` naming what differs, as it is there and here.
    """
    if not isinstance(parent, QnnSpec):
        raise ParentRefused(f"Model {_model(spec)} is of {parent.algorithm.name}; a qnn starts from a qnn.")
    found = [
        f"{name} is {there} there and {here} here"
        for name, there, here in zip(_NAMES, _decisive(parent), _decisive(spec), strict=True)
        if there != here
    ]
    if found:
        raise ParentRefused(
            f"The circuit of model {_model(spec)} is not the one of this job: {'; '.join(found)}."
        )
    _require_seen(spec, parent)
    return parent


def seen_with(parent: QnnSpec) -> tuple[int, ...]:
    """The datasets that a model of this spec was trained on, or one that it began with, rising."""
    earlier = () if parent.warm_start is None else parent.warm_start.seen_datasets
    return tuple(sorted({*earlier, *(each.token_id for each in parent.datasets)}))


def _require_seen(spec: QnnSpec, parent: QnnSpec) -> None:
    seen = seen_with(parent)
    if len(seen) > MAX_SEEN_DATASETS:
        raise ParentRefused(
            f"Model {_model(spec)} and those before it were trained on {len(seen)} datasets; the limit is "
            f"{MAX_SEEN_DATASETS}."
        )
    named = () if spec.warm_start is None else spec.warm_start.seen_datasets
    if named != seen:
        raise ParentRefused(
            f"Model {_model(spec)} has seen the datasets {_listed(seen)}; the spec says {_listed(named)}."
        )


_NAMES = (
    "the chain",
    "the contract of the datasets",
    "the number of qubits",
    "the feature map",
    "the layers",
    "uploads",
    "readout",
    "the task",
)


def _decisive(spec: QnnSpec) -> Iterator[Any]:
    """What must be equal, in the order of the names."""
    method = spec.algorithm
    yield spec.chain_id
    yield spec.dataset_token
    yield spec.qubits
    yield _in_words(spec.feature_map.model_dump())
    yield _in_words(method.layers.model_dump())
    yield from (method.uploads, method.readout, method.task)


def _in_words(part: dict[str, Any]) -> str:
    name, *rest = part.values()
    return f"{name} ({', '.join(_one(each) for each in rest)})"


def _one(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _model(spec: QnnSpec) -> str:
    return ", ".join(str(number) for number in spec.parent_models)


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(str(number) for number in numbers)
