from qjobs.models.job import Consent, Job, JobDataset, JobMilestone, JobParent, JobTask
from qjobs.models.money import JobCredit, JobPayout
from qjobs.models.run import Run, RunEvent, RunFile
from qjobs.models.spec_document import SpecDocument
from qjobs.models.trained_model import TrainedModel

__all__ = [
    "Consent",
    "Job",
    "JobCredit",
    "JobDataset",
    "JobMilestone",
    "JobParent",
    "JobPayout",
    "JobTask",
    "Run",
    "RunEvent",
    "RunFile",
    "SpecDocument",
    "TrainedModel",
]
