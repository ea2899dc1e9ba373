"""Variational quantum eigensolver: lowest energies of spins, molecules and Pauli sums, beside exact ones."""
