"""Hamiltonians and their job specs that the tests of qjobs share."""

from typing import Any

from qjobs.spec import EnergySpec, build_spec
from storage.cid import raw_cid

TERMS = b"""{"pauli": "ZZ", "coefficient": -1.0}
{"pauli": "XI", "coefficient": -0.5}
{"pauli": "IX", "coefficient": -0.5}
"""
"""Two spins of the transverse Ising model: the lowest energy is -sqrt 2."""


def energy_fields(**changes: Any) -> dict[str, Any]:
    """A valid small spec of a built-in chain, with the given fields replaced."""
    fields = {
        "title": "Lowest energy",
        "chain_id": "31337",
        "dataset_token": "0x" + "11" * 20,
        "qubits": 4,
        "hamiltonian": {"source": "lattice"},
        "algorithm": {"name": "vqe", "restarts": 2},
        "shots": 200,
        "budget": {"payment_token": "0x" + "22" * 20, "pay_per_task": "5000000"},
    }
    return {**fields, **changes}


def terms_fields(content: bytes = TERMS, **changes: Any) -> dict[str, Any]:
    """The same on the Pauli strings of `content`."""
    dataset = {
        "token_id": "1",
        "version": 1,
        "content_cid": str(raw_cid(content)),
        "format": "jsonl",
        "columns": {"pauli": "pauli", "coefficient": "coefficient"},
    }
    wanted = {"datasets": [dataset], "qubits": 2, "hamiltonian": {"source": "dataset"}}
    return energy_fields(**{**wanted, **changes})


def energy_spec(**changes: Any) -> EnergySpec:
    return as_energy_spec(energy_fields(**changes))


def as_energy_spec(fields: dict[str, Any]) -> EnergySpec:
    spec = build_spec(fields)
    if not isinstance(spec, EnergySpec):
        raise TypeError(f"{spec.algorithm.name} looks for no energy")
    return spec
