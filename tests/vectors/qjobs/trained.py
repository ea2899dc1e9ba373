"""Specs of trained circuits that the tests of qjobs share; the tables are scikit-learn's own."""

from typing import Any

from sklearn.datasets import load_diabetes

from qjobs.spec import QnnSpec, build_spec, spec_cid
from qjobs.spec.parents import seen_with
from storage.cid import raw_cid
from tests.vectors.qjobs.specs import spec_fields, two_irises_csv

IRISES = two_irises_csv()

SHORT = {
    "splits": {"count": 2, "test_fraction": 0.25, "seed": 3},
    "baselines": {"models": ["linear"], "features": ["reduced"], "c_grid": [1, 10], "gamma_grid": [1]},
    "boosting": {"depths": [1], "trees": 10},
}


def qnn_fields(content: bytes = IRISES, **changes: Any) -> dict[str, Any]:
    """A valid spec that trains in under a second, with the given fields replaced."""
    algorithm = {
        "name": "qnn",
        "layers": {"count": 1},
        "optimiser": {"name": "adam", "iterations": 20, "step": 0.1},
        "inner_folds": 2,
    }
    fields = {**spec_fields(content), "title": "Trained circuit", **SHORT, **changes}
    return {**fields, "algorithm": {**algorithm, **changes.get("algorithm", {})}}


def qnn_spec(content: bytes = IRISES, **changes: Any) -> QnnSpec:
    return as_qnn_spec(qnn_fields(content, **changes))


def as_qnn_spec(fields: dict[str, Any]) -> QnnSpec:
    spec = build_spec(fields)
    if not isinstance(spec, QnnSpec):
        raise TypeError(f"{spec.algorithm.name} trains no circuit")
    return spec


def parent_spec(**changes: Any) -> QnnSpec:
    """Of a model that was trained on another dataset than its child is."""
    return qnn_spec(datasets=[{**qnn_fields()["datasets"][0], "token_id": "9"}], **changes)


def child_fields(parent: QnnSpec, manifest: bytes = b"", **changes: Any) -> dict[str, Any]:
    """A valid spec that starts from model 3, which came of this spec and manifest."""
    start = {
        "spec_cid": str(spec_cid(parent)),
        "manifest_cid": str(raw_cid(manifest)),
        "seen_datasets": [str(number) for number in seen_with(parent)],
    }
    given = {"seed": 11, "parent_models": ["3"], "warm_start": start, **changes}
    return qnn_fields(**given)


def child_spec(parent: QnnSpec, manifest: bytes = b"", **changes: Any) -> QnnSpec:
    return as_qnn_spec(child_fields(parent, manifest, **changes))


def diabetes_csv() -> bytes:
    """120 rows, 10 features, the target a number from 25 to 346."""
    bunch = load_diabetes(scaled=False)
    lines = [[*bunch.feature_names, "progression"]]
    lines += [
        [repr(float(each)) for each in (*row, target)]
        for row, target in zip(bunch.data[:120], bunch.target[:120], strict=True)
    ]
    return "".join(",".join(line) + "\n" for line in lines).encode()


def regression_fields(content: bytes, **changes: Any) -> dict[str, Any]:
    """As `qnn_fields`, with the last column as the number to predict."""
    header = content.split(b"\n", 1)[0].decode().split(",")
    columns = {"features": header[:-1], "label": header[-1]}
    dataset = {**spec_fields(content)["datasets"][0], "columns": columns}
    algorithm = {"task": "regress", **changes.pop("algorithm", {})}
    return qnn_fields(content, datasets=[dataset], algorithm=algorithm, **changes)


def regression_spec(content: bytes, **changes: Any) -> QnnSpec:
    return as_qnn_spec(regression_fields(content, **changes))
