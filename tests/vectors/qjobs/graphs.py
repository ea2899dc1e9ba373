"""Graphs and their job specs that the tests of qjobs share."""

from typing import Any

from qjobs.spec import GraphSpec, build_spec
from storage.cid import raw_cid

PRISM = b"from,to,weight\n0,1,1\n1,2,1\n0,2,1\n3,4,1\n4,5,1\n3,5,1\n0,3,2\n1,4,2\n2,5,2\n"
"""Two triangles joined by three edges of weight 2: at best 10, all of those and two sides of each."""


def edges_csv(edges: list[tuple[int, int, float]]) -> bytes:
    return b"from,to,weight\n" + b"".join(b"%d,%d,%r\n" % edge for edge in edges)


def graph_fields(content: bytes = PRISM, **changes: Any) -> dict[str, Any]:
    """A valid small spec on the graph of `content`, with the given fields replaced."""
    fields = {
        "title": "Largest cut",
        "chain_id": "31337",
        "dataset_token": "0x" + "11" * 20,
        "datasets": [
            {
                "token_id": "1",
                "version": 1,
                "content_cid": str(raw_cid(content)),
                "columns": {"source": "from", "target": "to", "weight": "weight"},
            }
        ],
        "qubits": 6,
        "algorithm": {"name": "qaoa", "layers": 2, "restarts": 2},
        "shots": 200,
        "budget": {"payment_token": "0x" + "22" * 20, "pay_per_task": "5000000"},
    }
    return {**fields, **changes}


def graph_spec(content: bytes = PRISM, **changes: Any) -> GraphSpec:
    spec = build_spec(graph_fields(content, **changes))
    if not isinstance(spec, GraphSpec):
        raise TypeError(f"{spec.algorithm.name} is no job on a graph")
    return spec
