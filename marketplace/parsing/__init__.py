"""Reads tables from strangers: strict rules, in a child process with limits. Free of Django."""
