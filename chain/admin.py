"""Chain facts in the admin: to look at, never to change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from chain.models import (
    Block,
    ChainEvent,
    IndexCursor,
    JournalEntry,
    OutboxEntry,
    OutboxTransaction,
    Reorg,
    SenderAccount,
)


class ReadOnlyAdmin(admin.ModelAdmin):
    """Every record visible, none editable: its one writer is the follower or the sender."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TransactionInline(admin.TabularInline):
    model = OutboxTransaction
    exclude = ["raw"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin):
    list_display = ["number", "hash", "timestamp"]
    search_fields = ["=number", "hash"]


@admin.register(ChainEvent)
class ChainEventAdmin(ReadOnlyAdmin):
    list_display = ["block_number", "log_index", "contract", "name", "tx_hash"]
    list_filter = ["contract", "name"]
    search_fields = ["tx_hash", "=block_number"]


@admin.register(IndexCursor)
class IndexCursorAdmin(ReadOnlyAdmin):
    list_display = ["chain_id", "head_number", "deep_number", "updated_at"]


@admin.register(Reorg)
class ReorgAdmin(ReadOnlyAdmin):
    list_display = ["seen_at", "fork_number", "depth", "is_beyond_depth"]


@admin.register(JournalEntry)
class JournalEntryAdmin(ReadOnlyAdmin):
    list_display = ["block_number", "table_name", "operation"]
    list_filter = ["table_name", "operation"]


@admin.register(OutboxEntry)
class OutboxEntryAdmin(ReadOnlyAdmin):
    list_display = ["key", "kind", "sender", "state", "error", "updated_at"]
    list_filter = ["state", "kind", "sender"]
    search_fields = ["key"]
    inlines = [TransactionInline]


@admin.register(OutboxTransaction)
class OutboxTransactionAdmin(ReadOnlyAdmin):
    list_display = ["tx_hash", "entry", "sender_address", "nonce", "mined_block_number", "succeeded"]
    search_fields = ["tx_hash", "sender_address"]
    exclude = ["raw"]


@admin.register(SenderAccount)
class SenderAccountAdmin(ReadOnlyAdmin):
    list_display = ["address", "next_nonce"]
