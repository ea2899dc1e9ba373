"""Engines: what prepares states and overlaps them, from Qiskit circuits."""
