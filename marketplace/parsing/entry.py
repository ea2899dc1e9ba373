"""Start of the child process: gives up rights, then runs the module that reads.

Nothing heavy may be imported here: a library's thread would keep the process out of a new user namespace, and
would itself keep the rights.
"""

import os
import resource
import runpy
import sys
from pathlib import Path

from common.isolation.calls import forbid_calls
from common.isolation.paths import SYSTEM_PATHS, python_paths
from common.isolation.rights import cut_network, forbid_new_rights, restrict_files
from marketplace.parsing.limits import ChildLimits, limits_for

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (ROOT / "common", ROOT / "marketplace")
OPEN_FILES = 32


def give_up_rights(limits: ChildLimits) -> None:
    """No more memory, time or files than reading one table needs; no network, nothing to write, nothing of
    the site to read. What the kernel refuses of this leaves the rest in force."""
    cut_network()
    forbid_new_rights()
    for limit, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        resource.setrlimit(limit, (most, most))
    restrict_files([*SYSTEM_PATHS, *python_paths(), *map(str, PACKAGES)], ())
    forbid_calls()


def main() -> None:
    """`python -m marketplace.parsing.entry MODULE [WORDS]`"""
    give_up_rights(limits_for(os.fstat(sys.stdin.fileno()).st_size))
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
