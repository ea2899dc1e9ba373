"""Jobs, runs and models in the admin console. Chain facts are read only; no act here replaces a vote."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from common.console import ActingAdmin, ReadOnlyAdmin, ReadOnlyInline, moment
from marketplace.console import money
from qjobs.models import (
    Attestation,
    Consent,
    Dispute,
    Executor,
    ExecutorKey,
    Job,
    JobCredit,
    JobDataset,
    JobMilestone,
    JobParent,
    JobPayout,
    JobTask,
    Recheck,
    Run,
    RunEvent,
    RunFile,
    SpecDocument,
    StakeCredit,
    Tile,
    TrainedModel,
)
from qjobs.selectors.job_work import work_on
from qjobs.services.queueing import redraw_preview, resume_run


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """A job as the chain has it; its page shows this site's work on it too, with events and files."""

    list_display = ("job_id", "state", "algorithm", "qubits", "requester", "approved_block", "model_id")
    list_filter = ("state", "algorithm", "engine")
    search_fields = ("=job_id", "requester", "spec_digest")
    in_words = {
        name: money(name, "payment_token")
        for name in ("pay_per_task", "data_fees", "treasury_fee", "refunded_units")
    }

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        work = work_on(int(object_id)) if object_id.isdecimal() else None
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "work": work})


@admin.register(JobDataset)
class JobDatasetAdmin(ReadOnlyAdmin):
    list_display = ("job_id", "position", "dataset_id", "version", "pass_id", "fee_units")
    search_fields = ("=job_id", "=dataset_id")


@admin.register(JobParent)
class JobParentAdmin(ReadOnlyAdmin):
    list_display = ("job_id", "position", "model_id")
    search_fields = ("=job_id", "=model_id")


@admin.register(JobTask)
class JobTaskAdmin(ReadOnlyAdmin):
    list_display = ("job_id", "task", "executor", "epoch", "run_by", "posted_block")
    search_fields = ("=job_id", "executor")


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("job_id", "dataset_id", "owner", moment("given_at"))
    search_fields = ("=job_id", "=dataset_id")


@admin.register(JobMilestone)
class JobMilestoneAdmin(ReadOnlyAdmin):
    list_display = ("job_id", "event", "block", "tx_hash")
    list_filter = ("event",)
    search_fields = ("=job_id", "tx_hash")


@admin.register(JobCredit)
class JobCreditAdmin(ReadOnlyAdmin):
    list_display = ("account", money("credited_units", "token"), money("withdrawn_units", "token"))
    search_fields = ("account",)


@admin.register(JobPayout)
class JobPayoutAdmin(ReadOnlyAdmin):
    list_display = ("job_id", "account", money("units", "token"))
    search_fields = ("=job_id", "account")


@admin.register(TrainedModel)
class TrainedModelAdmin(ReadOnlyAdmin):
    list_display = ("token_id", "job_id", "owner", "minted_block")
    search_fields = ("=token_id", "=job_id", "owner")


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    list_display = ("job_id", "task", "state", "challenger", "executor", moment("attest_by"), "slashed_units")
    list_filter = ("state",)
    search_fields = ("=job_id", "challenger", "executor")


@admin.register(Attestation)
class AttestationAdmin(ReadOnlyAdmin):
    list_display = ("dispute_id", "verifier", "is_right", "report_digest", moment("attested_at"))
    search_fields = ("dispute_id", "verifier")


@admin.register(Recheck)
class RecheckAdmin(ReadOnlyAdmin):
    list_display = ("dispute_id", "verdict", "report_cid", "retry_at", "made_at")
    list_filter = ("verdict",)
    search_fields = ("dispute_id",)


@admin.register(Executor)
class ExecutorAdmin(ReadOnlyAdmin):
    list_display = ("address", "is_admitted", "is_verifier", "staked_units", "leaving_units", "slashed_units")
    list_filter = ("is_admitted", "is_verifier")
    search_fields = ("address",)


@admin.register(ExecutorKey)
class ExecutorKeyAdmin(ReadOnlyAdmin):
    list_display = ("executor", "number", "signing_key", moment("since"))
    search_fields = ("executor", "signing_key")


@admin.register(StakeCredit)
class StakeCreditAdmin(ReadOnlyAdmin):
    list_display = ("contract", "account", "credited_units", "withdrawn_units")
    search_fields = ("account",)


class RunEventInline(ReadOnlyInline):
    model = RunEvent
    fields = ("sequence", "stage", "step", "steps", "message", "metric", "loss", "seconds_left", "created_at")


class RunFileInline(ReadOnlyInline):
    model = RunFile
    fields = ("name", "cid", "size", "sha256")


class TileInline(ReadOnlyInline):
    model = Tile
    fields = ("number", "state", "lease_owner", "lost_attempts", "retries", "size", "finished_at")


@admin.register(Run)
class RunAdmin(ActingAdmin):
    """Runs are the worker's rows. A resumed run goes through every check of the chain again."""

    list_display = ("__str__", "attempts", "lost_attempts", "lease_owner", "heartbeat_at", "reason")
    list_filter = ("state",)
    search_fields = ("=job_id", "reason")
    inlines = (RunEventInline, RunFileInline, TileInline)
    actions = ("resume_selected",)

    def has_resume_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("qjobs.change_run")

    @admin.action(
        description="Resume paused and failed runs (all checks are made anew)", permissions=["resume"]
    )
    def resume_selected(self, request: HttpRequest, queryset: QuerySet[Run]) -> HttpResponse:
        return self.act(request, queryset, done="resumed", service=resume_run)


@admin.register(SpecDocument)
class SpecDocumentAdmin(ActingAdmin):
    list_display = ("digest", "title", "author", "preview_state", "created_at")
    list_filter = ("preview_state",)
    search_fields = ("digest", "title", "author")
    actions = ("redraw_selected",)

    def has_redraw_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("qjobs.change_specdocument")

    @admin.action(description="Draw failed previews again", permissions=["redraw"])
    def redraw_selected(self, request: HttpRequest, queryset: QuerySet[SpecDocument]) -> HttpResponse:
        return self.act(request, queryset, done="queued for drawing", service=redraw_preview)
