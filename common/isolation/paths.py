"""What an isolated Python must still be able to read to work at all."""

import sys
from pathlib import Path

SYSTEM_PATHS = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
)


def python_paths() -> list[str]:
    """Interpreter, standard library and installed packages."""
    paths = {sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parent)}
    paths.update(path for path in sys.path if "site-packages" in path or "dist-packages" in path)
    return sorted(paths)
