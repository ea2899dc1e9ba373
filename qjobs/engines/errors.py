"""Refusals of an engine, named by the fact."""

from common.errors import PermanentError, TooLarge


class CircuitNotSupported(PermanentError):
    """The circuit holds something that is no gate: a measurement, a reset, control flow."""

    code = "circuit_not_supported"


class StateTooLarge(TooLarge):
    """The states or the kernel do not fit the memory that the caller allows."""

    code = "state_too_large"


class ObservableNotSupported(PermanentError):
    """The observable is no Pauli sum with real coefficients on the qubits of the circuit."""

    code = "observable_not_supported"
