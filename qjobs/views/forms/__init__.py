"""One form an algorithm: adding one is a module here and a row in `registry.py`."""
