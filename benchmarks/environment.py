"""The environment of the peers, made at first use; and one core for everybody."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv-bench"
PYTHON = ENVIRONMENT / "bin" / "python"
REQUIREMENTS = ROOT / "benchmarks" / "requirements.txt"
INSTALLED = ENVIRONMENT / "installed.txt"
ENTERED = "QOMMONS_BENCH_ENTERED"
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "QISKIT_PARALLEL": "FALSE",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "JAX_ENABLE_X64": "1",
}


def enter() -> None:
    """Goes on in .venv-bench with one thread on one core; replaces the process unless it is there."""
    if ENTERED not in os.environ:
        python = _made()
        wanted = os.environ | ONE_THREAD | {"PYTHONPATH": str(ROOT), ENTERED: "1"}
        os.execve(python, [str(python), *sys.argv], wanted)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _made() -> Path:
    """Python of the environment; where it cannot be made, our own, and the peers count as missing."""
    if INSTALLED.exists() and INSTALLED.read_text() == REQUIREMENTS.read_text():
        return PYTHON
    print(f"Making {ENVIRONMENT.name} from {REQUIREMENTS.relative_to(ROOT)}; this happens once.", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    (ENVIRONMENT / ".gitignore").write_text("*\n")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=False)
    if done.returncode == 0:
        INSTALLED.write_text(REQUIREMENTS.read_text())
        return PYTHON
    print("The peers could not be installed (no network?): only what is here is measured.", flush=True)
    return Path(sys.prefix) / "bin" / "python"
