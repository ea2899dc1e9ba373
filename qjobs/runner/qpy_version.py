"""What the QPY reader answers, for both sides of the pipe; the parent does not import Qiskit."""

WRONG_VERSION = 3
"""Exit code: the file is of another QPY version, and was not opened."""
