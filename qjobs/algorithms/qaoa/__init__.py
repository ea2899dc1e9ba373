"""Quantum approximate optimisation of max-cut, beside greedy, annealed, random and exact answers."""
