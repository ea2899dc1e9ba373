"""Quantum-kernel support vector machine, with its baselines, its model files and its certificate."""
