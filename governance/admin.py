"""The DAO's records in the admin console: read only, since the chain alone writes them."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from governance.models import (
    Delegation,
    GovernorSetting,
    PowerCheckpoint,
    Proposal,
    QuorumCheckpoint,
    SupplyCheckpoint,
    TimelockOperation,
    Vote,
    VoteBalance,
    VotingPower,
)


class ChainFactAdmin(admin.ModelAdmin):
    """Shows rows that follow from chain events; nobody adds, changes or deletes them here."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Proposal)
class ProposalAdmin(ChainFactAdmin):
    list_display = ("proposal_id", "proposer", "created_block", "voters", "eta_at", "executed_block")
    search_fields = ("=proposal_id", "proposer", "description")


@admin.register(Vote)
class VoteAdmin(ChainFactAdmin):
    list_display = ("voter", "support", "weight_units", "proposal_id", "cast_block")
    list_filter = ("support",)
    search_fields = ("voter", "=proposal_id")


@admin.register(Delegation)
class DelegationAdmin(ChainFactAdmin):
    list_display = ("delegator", "delegate")
    search_fields = ("delegator", "delegate")


@admin.register(VotingPower, VoteBalance)
class UnitsAdmin(ChainFactAdmin):
    list_display = ("account", "units")
    search_fields = ("account",)


@admin.register(PowerCheckpoint)
class PowerCheckpointAdmin(ChainFactAdmin):
    list_display = ("account", "at", "units")
    search_fields = ("account",)


@admin.register(SupplyCheckpoint)
class SupplyCheckpointAdmin(ChainFactAdmin):
    list_display = ("at", "units")


@admin.register(QuorumCheckpoint)
class QuorumCheckpointAdmin(ChainFactAdmin):
    list_display = ("at", "percent")


@admin.register(GovernorSetting)
class GovernorSettingAdmin(ChainFactAdmin):
    list_display = ("name", "value")


@admin.register(TimelockOperation)
class TimelockOperationAdmin(ChainFactAdmin):
    list_display = ("operation_id", "proposal_id", "ready_at", "done_at", "cancelled_at")
    search_fields = ("operation_id", "=proposal_id")
