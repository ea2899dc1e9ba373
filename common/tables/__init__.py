"""Reads tables from strangers by strict rules, in each format that we take; for limited child processes."""
