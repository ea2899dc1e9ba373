"""The DAO's records in the admin console: read only, since the chain alone writes them."""

from django.contrib import admin

from common.console import ReadOnlyAdmin, moment
from governance.models import (
    BookAllowance,
    BookDocument,
    BookValue,
    Delegation,
    GovernorSetting,
    Guardian,
    PowerCheckpoint,
    Proposal,
    QuorumCheckpoint,
    SupplyCheckpoint,
    TimelockOperation,
    Vote,
    VoteBalance,
    VotingPower,
)


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    list_display = ("proposal_id", "proposer", "created_block", "voters", moment("eta_at"), "executed_block")
    search_fields = ("=proposal_id", "proposer", "description")


@admin.register(Vote)
class VoteAdmin(ReadOnlyAdmin):
    list_display = ("voter", "support", "weight_units", "proposal_id", "cast_block")
    list_filter = ("support",)
    search_fields = ("voter", "=proposal_id")


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    list_display = ("delegator", "delegate")
    search_fields = ("delegator", "delegate")


@admin.register(VotingPower, VoteBalance)
class UnitsAdmin(ReadOnlyAdmin):
    list_display = ("account", "units")
    search_fields = ("account",)


@admin.register(PowerCheckpoint)
class PowerCheckpointAdmin(ReadOnlyAdmin):
    list_display = ("account", moment("at"), "units")
    search_fields = ("account",)


@admin.register(SupplyCheckpoint)
class SupplyCheckpointAdmin(ReadOnlyAdmin):
    list_display = (moment("at"), "units")


@admin.register(QuorumCheckpoint)
class QuorumCheckpointAdmin(ReadOnlyAdmin):
    list_display = (moment("at"), "percent")


@admin.register(GovernorSetting)
class GovernorSettingAdmin(ReadOnlyAdmin):
    list_display = ("name", "value")


@admin.register(BookValue)
class BookValueAdmin(ReadOnlyAdmin):
    list_display = ("key", "value", moment("set_at"), "set_tx")


@admin.register(BookAllowance)
class BookAllowanceAdmin(ReadOnlyAdmin):
    list_display = ("kind", "item", "is_allowed", moment("set_at"), "set_tx")
    list_filter = ("kind", "is_allowed")


@admin.register(BookDocument)
class BookDocumentAdmin(ReadOnlyAdmin):
    list_display = ("kind", "digest", moment("set_at"), "set_tx")


@admin.register(Guardian)
class GuardianAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "is_armed", moment("paused_until"), moment("named_at"))


@admin.register(TimelockOperation)
class TimelockOperationAdmin(ReadOnlyAdmin):
    list_display = (
        "operation_id",
        "proposal_id",
        moment("ready_at"),
        moment("done_at"),
        moment("cancelled_at"),
    )
    search_fields = ("operation_id", "=proposal_id")
