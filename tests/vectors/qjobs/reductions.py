"""Tables without labels and their job specs that the tests of qjobs share."""

from typing import Any

from sklearn.datasets import load_iris

from qjobs.spec import ReductionSpec, build_spec
from storage.cid import raw_cid

NAMES = ("a", "b", "c", "d")


def flowers_csv(rows: int = 60) -> bytes:
    """Every so many irises, four measures each."""
    values = load_iris().data[:: 150 // rows][:rows]
    lines = [",".join(NAMES), *(",".join(repr(float(each)) for each in row) for row in values)]
    return "\n".join([*lines, ""]).encode()


FLOWERS = flowers_csv()


def reduction_fields(content: bytes = FLOWERS, **changes: Any) -> dict[str, Any]:
    """A valid small spec on the rows of `content`, with the given fields replaced."""
    fields = {
        "title": "Main directions",
        "chain_id": "31337",
        "dataset_token": "0x" + "11" * 20,
        "datasets": [
            {
                "token_id": "1",
                "version": 1,
                "content_cid": str(raw_cid(content)),
                "columns": {"features": list(NAMES)},
            }
        ],
        "qubits": 2,
        "algorithm": {"name": "qpca", "bandwidth_grid": [0.2, 1.0]},
        "splits": {"count": 3},
        "gamma_grid": [0.1, 1.0],
        "budget": {"payment_token": "0x" + "22" * 20, "pay_per_task": "5000000"},
    }
    return {**fields, **changes}


def reduction_spec(content: bytes = FLOWERS, **changes: Any) -> ReductionSpec:
    spec = build_spec(reduction_fields(content, **changes))
    if not isinstance(spec, ReductionSpec):
        raise TypeError(f"{spec.algorithm.name} finds no components")
    return spec
