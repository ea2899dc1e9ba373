"""Choices under constraints by QAOA with penalties, beside annealed, greedy, random and exact answers."""
