"""Croissant 1.1 metadata documents: written in one canonical form, read with suspicion. Free of Django."""
