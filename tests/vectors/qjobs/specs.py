"""Job specs and tables that the tests of qjobs share; the tables are scikit-learn's own."""

from pathlib import Path
from typing import Any

from sklearn.datasets import load_breast_cancer, load_iris

from qjobs.spec import JobSpec, build_spec
from storage.cid import raw_cid


def breast_cancer_csv() -> bytes:
    """569 rows, 30 features, target 0 (malignant) or 1."""
    return _csv(load_breast_cancer(), rows=slice(None))


def two_irises_csv() -> bytes:
    """100 rows, 4 features: versicolor (1) and virginica (2), which overlap a little."""
    return _csv(load_iris(), rows=slice(50, 150))


def spec_fields(content: bytes = b"", **changes: Any) -> dict[str, Any]:
    """A valid small spec over the columns of `content`, with the given fields replaced."""
    header = content.split(b"\n", 1)[0].decode().strip().split(",") if content else ["a", "b", "c", "target"]
    fields = {
        "title": "Kernel test",
        "chain_id": "31337",
        "dataset_token": "0x" + "11" * 20,
        "datasets": [
            {
                "token_id": "1",
                "version": 1,
                "content_cid": str(raw_cid(content)),
                "columns": {"features": header[:-1], "label": header[-1], "positive_label": "1"},
            }
        ],
        "qubits": 2,
        "budget": {"payment_token": "0x" + "22" * 20, "pay_per_task": "5000000"},
    }
    return {**fields, **changes}


def small_spec(content: bytes, **changes: Any) -> JobSpec:
    return build_spec(short_fields(content, **changes))


def short_fields(content: bytes, **changes: Any) -> dict[str, Any]:
    """Two irises in about a second: short grids, three splits."""
    short = {
        "splits": {"count": 3, "test_fraction": 0.25, "seed": 3},
        "algorithm": {"c_grid": [1, 10], "bandwidth_grid": [0.2, 0.5], "inner_folds": 2},
        "baselines": {"c_grid": [1, 10], "gamma_grid": [0.3, 1]},
        "feature_map": {"reps": 1},
    }
    return spec_fields(content, **{**short, **changes})


def write_csv(folder: Path, content: bytes) -> Path:
    path = folder / "rows.csv"
    path.write_bytes(content)
    return path


def _csv(bunch: Any, rows: slice) -> bytes:
    lines = [[name.replace(" (cm)", "") for name in bunch.feature_names] + ["target"]]
    lines += [
        [repr(float(value)) for value in row] + [str(int(label))]
        for row, label in zip(bunch.data[rows], bunch.target[rows], strict=True)
    ]
    return "".join(",".join(line) + "\n" for line in lines).encode()
