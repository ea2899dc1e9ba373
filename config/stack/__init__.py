"""The stack of one machine: embedded PostgreSQL and Anvil, the contracts, and the processes of the site.

But for keys.py all of it runs on the standard library alone, so that `doctor` can speak before anything is
set up.
"""
