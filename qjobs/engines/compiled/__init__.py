"""The statevector programs compiled by numba: equal to NumPy's, row by row in first-level cache.

Importing this package costs a second and the first run of each kernel seconds of compilation (nothing is
cached on disk: the child of a job may not write). So it is for training runs and benchmarks that outlast
that; the kernel of a usual job takes milliseconds in NumPy.
"""

from qjobs.engines.compiled.program import CompiledProgram, compiled_program, is_available

__all__ = ["CompiledProgram", "compiled_program", "is_available"]
