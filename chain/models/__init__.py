from chain.models.journal import JournalEntry
from chain.models.ledger import Block, ChainEvent, IndexCursor, Reorg
from chain.models.outbox import OutboxEntry, OutboxTransaction, SenderAccount
from chain.models.projected import ProjectedModel

__all__ = [
    "Block",
    "ChainEvent",
    "IndexCursor",
    "JournalEntry",
    "OutboxEntry",
    "OutboxTransaction",
    "ProjectedModel",
    "Reorg",
    "SenderAccount",
]
