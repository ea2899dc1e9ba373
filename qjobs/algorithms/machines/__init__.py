"""Quantum-kernel machines for several classes, for numbers and for the unusual."""
