"""Chain facts in the admin: to look at, never to change."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

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
from chain.outbox import send_again
from common.console import ActingAdmin, ReadOnlyAdmin, ReadOnlyInline


class TransactionInline(ReadOnlyInline):
    """What was signed for an entry; the signed bytes stay where they are."""

    model = OutboxTransaction
    fields = ["tx_hash", "nonce", "signed_at", "broadcast_at", "mined_block_number", "succeeded", "gas_used"]


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
class OutboxEntryAdmin(ActingAdmin):
    """What shall be sent and how far it is. Sending again signs nothing here: the sender does that."""

    list_display = ["key", "kind", "sender", "state", "error", "updated_at"]
    list_filter = ["state", "kind", "sender"]
    search_fields = ["key"]
    inlines = [TransactionInline]
    actions = ["send_again_selected"]

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chain.change_outboxentry")

    @admin.action(description="Send failed transactions again", permissions=["send_again"])
    def send_again_selected(self, request: HttpRequest, queryset: QuerySet[OutboxEntry]) -> HttpResponse:
        return self.act(request, queryset, done="put back in line", service=send_again)


@admin.register(OutboxTransaction)
class OutboxTransactionAdmin(ReadOnlyAdmin):
    list_display = ["tx_hash", "entry", "sender_address", "nonce", "mined_block_number", "succeeded"]
    search_fields = ["tx_hash", "sender_address"]
    exclude = ["raw"]


@admin.register(SenderAccount)
class SenderAccountAdmin(ReadOnlyAdmin):
    list_display = ["address", "next_nonce"]
