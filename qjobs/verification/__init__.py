"""Re-checks a job from chain facts and content-addressed bytes alone; never from our database."""

from qjobs.verification.facts import (
    RESULT_TASK,
    ChainFacts,
    DatasetVersionFacts,
    ModelFacts,
    ParentFacts,
)
from qjobs.verification.job import verify_job
from qjobs.verification.private import Auditor
from qjobs.verification.report import Check, Report
from qjobs.verification.use import verify_use

__all__ = [
    "RESULT_TASK",
    "Auditor",
    "ChainFacts",
    "Check",
    "DatasetVersionFacts",
    "ModelFacts",
    "ParentFacts",
    "Report",
    "verify_job",
    "verify_use",
]
