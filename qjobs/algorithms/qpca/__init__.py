"""Quantum principal components: of a quantum kernel, and of the mean state by phase estimation."""
