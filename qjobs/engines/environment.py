"""What a run was computed with, as its record names it, and what of that decides a draw from a seed."""

import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version

from qjobs.spec.noise import AnyDevice, RuntimeDevice

RUNTIME = "qiskit-ibm-runtime"
PACKAGES = (
    "numpy",
    "scipy",
    "scikit-learn",
    "qiskit",
    "qiskit-aer",
    RUNTIME,
    "dwave-samplers",
    "safetensors",
)
SIMULATOR = ("system", "machine", "qiskit", "qiskit-aer")
"""Aer draws by the random numbers of the C++ library that it was built with, from the circuit that Qiskit
made of the spec's."""


def environment() -> dict[str, str]:
    """Versions that a run record names: enough to run again, nothing about the machine's owner."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        **{name: version(name) for name in PACKAGES},
    }


def drawn_with(devices: Iterable[AnyDevice | None]) -> Mapping[str, str]:
    """Of the environment here, what decides the counts that these devices draw from a seed."""
    is_runtime = any(isinstance(device, RuntimeDevice) for device in devices)
    here = environment()
    return {name: here[name] for name in (*SIMULATOR, *((RUNTIME,) if is_runtime else ()))}


def differences(needed: Mapping[str, str], named: Mapping[str, str]) -> str:
    """In words, what a run record names otherwise than it is here; nothing where all is the same."""
    others = {name: named.get(name) for name, here in needed.items() if named.get(name) != here}
    return ", ".join(f"{name} {there or 'not named'} (here {needed[name]})" for name, there in others.items())
