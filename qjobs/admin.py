"""Jobs, runs and models in the admin console. Chain facts are read only; no act here replaces a vote."""

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from common.errors import Conflict
from governance.admin import ChainFactAdmin
from qjobs.models import (
    Consent,
    Job,
    JobCredit,
    JobDataset,
    JobMilestone,
    JobParent,
    JobPayout,
    JobTask,
    Run,
    RunEvent,
    RunFile,
    SpecDocument,
    TrainedModel,
)
from qjobs.services.queueing import resume_run


@admin.register(Job)
class JobAdmin(ChainFactAdmin):
    list_display = ("job_id", "state", "algorithm", "qubits", "requester", "approved_block", "model_id")
    list_filter = ("state", "algorithm", "engine")
    search_fields = ("=job_id", "requester", "spec_digest")


@admin.register(JobDataset)
class JobDatasetAdmin(ChainFactAdmin):
    list_display = ("job_id", "position", "dataset_id", "version", "pass_id", "fee_units")
    search_fields = ("=job_id", "=dataset_id")


@admin.register(JobParent)
class JobParentAdmin(ChainFactAdmin):
    list_display = ("job_id", "position", "model_id")
    search_fields = ("=job_id", "=model_id")


@admin.register(JobTask)
class JobTaskAdmin(ChainFactAdmin):
    list_display = ("job_id", "task", "executor", "epoch", "run_by", "posted_block")
    search_fields = ("=job_id", "executor")


@admin.register(Consent)
class ConsentAdmin(ChainFactAdmin):
    list_display = ("job_id", "dataset_id", "owner", "given_at")
    search_fields = ("=job_id", "=dataset_id")


@admin.register(JobMilestone)
class JobMilestoneAdmin(ChainFactAdmin):
    list_display = ("job_id", "event", "block", "tx_hash")
    list_filter = ("event",)
    search_fields = ("=job_id", "tx_hash")


@admin.register(JobCredit)
class JobCreditAdmin(ChainFactAdmin):
    list_display = ("account", "token", "credited_units", "withdrawn_units")
    search_fields = ("account",)


@admin.register(JobPayout)
class JobPayoutAdmin(ChainFactAdmin):
    list_display = ("job_id", "account", "token", "units")
    search_fields = ("=job_id", "account")


@admin.register(TrainedModel)
class TrainedModelAdmin(ChainFactAdmin):
    list_display = ("token_id", "job_id", "owner", "minted_block")
    search_fields = ("=token_id", "=job_id", "owner")


class RecordInline(admin.TabularInline):
    """Rows that only the worker writes."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class RunEventInline(RecordInline):
    model = RunEvent
    fields = ("sequence", "stage", "step", "steps", "message", "metric", "created_at")


class RunFileInline(RecordInline):
    model = RunFile
    fields = ("name", "cid", "size", "sha256")


@admin.register(Run)
class RunAdmin(ChainFactAdmin):
    """Runs are the worker's rows. A resumed run goes through every check of the chain again."""

    list_display = ("job_id", "task", "state", "attempts", "lost_attempts", "lease_owner", "heartbeat_at")
    list_filter = ("state",)
    search_fields = ("=job_id", "reason")
    inlines = (RunEventInline, RunFileInline)
    actions = ("resume_selected",)

    def has_resume_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("qjobs.change_run")

    @admin.action(
        description="Resume paused and failed runs (all checks are made anew)", permissions=["resume"]
    )
    def resume_selected(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        resumed = 0
        for run in queryset:
            try:
                resume_run(run.pk)
            except Conflict:
                continue
            self.log_change(request, run, "resumed")
            resumed += 1
        self.message_user(request, f"{resumed} resumed", messages.SUCCESS)


@admin.register(SpecDocument)
class SpecDocumentAdmin(ChainFactAdmin):
    list_display = ("digest", "title", "author", "preview_state", "created_at")
    list_filter = ("preview_state",)
    search_fields = ("digest", "title", "author")
