"""How the contracts are deployed, wired and checked; `contracts/deploy.py` is the command."""
