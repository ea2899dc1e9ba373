"""Runs a job's pure function in a child process that has limits, an empty environment and no network."""

from qjobs.algorithms.progress import ProgressEvent
from qjobs.runner.errors import (
    OutputRefused,
    RunCancelled,
    RunCrashed,
    RunOutOfMemory,
    RunRefused,
    RunTimedOut,
)
from qjobs.runner.limits import RunLimits
from qjobs.runner.parent import RunOutput, run_job
from qjobs.runner.process import isolation

__all__ = [
    "OutputRefused",
    "ProgressEvent",
    "RunCancelled",
    "RunCrashed",
    "RunLimits",
    "RunOutOfMemory",
    "RunOutput",
    "RunRefused",
    "RunTimedOut",
    "isolation",
    "run_job",
]
