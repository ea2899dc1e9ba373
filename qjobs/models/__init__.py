from qjobs.models.dispute import Attestation, Dispute
from qjobs.models.executor import Executor, ExecutorKey, StakeCredit
from qjobs.models.job import Consent, Job, JobDataset, JobMilestone, JobParent, JobTask
from qjobs.models.money import JobCredit, JobPayout
from qjobs.models.recheck import Recheck
from qjobs.models.run import Run, RunEvent, RunFile
from qjobs.models.spec_document import SpecDocument
from qjobs.models.tile import Tile
from qjobs.models.trained_model import TrainedModel

__all__ = [
    "Attestation",
    "Consent",
    "Dispute",
    "Executor",
    "ExecutorKey",
    "Job",
    "JobCredit",
    "JobDataset",
    "JobMilestone",
    "JobParent",
    "JobPayout",
    "JobTask",
    "Recheck",
    "Run",
    "RunEvent",
    "RunFile",
    "SpecDocument",
    "StakeCredit",
    "Tile",
    "TrainedModel",
]
