"""Engines: what prepares states and overlaps them. Circuits are Qiskit's wherever a person or hardware
meets them."""
