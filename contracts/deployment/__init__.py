"""How the contracts are deployed, wired and checked; `contracts/deploy.py` is the command.

Importing this package points Ape at our compilers and at `var/`, which must happen before Ape is imported.
"""

import os

from toolchain import ape_environment

os.environ.update(ape_environment())
