"""Algorithms: pure functions of a spec and a table, with progress and cancel passed in. Free of Django."""
