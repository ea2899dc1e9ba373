"""How far the follower is behind the node, and what the chain undid."""

from datetime import datetime, timedelta

from django.conf import settings

from chain import projections
from chain.client import ChainClient
from chain.models import IndexCursor, Reorg
from common.errors import QommonsError
from common.templatetags.qommons import duration
from config.stack.findings import Finding, broken, fine, note

BLOCKS_BEHIND = 5
SILENT_SECONDS = 60
REORGS_TOLD = timedelta(days=1)


def index(node: ChainClient, now: datetime) -> Finding:
    """Blocks between the node's head and ours: a follower that moves is only late."""
    cursor = IndexCursor.objects.first()
    if cursor is None:
        return broken("index", "the follower has read no block yet: does it run?")
    try:
        head = node.head_number()
    except QommonsError as error:
        return broken(
            "index", f"block {cursor.head_number:,} is read; its distance is unknown: {error.message}"
        )
    behind = head - cursor.head_number
    silent = (now - cursor.updated_at).total_seconds()
    where = f"block {cursor.head_number:,} of {head:,} is read, {max(0, behind)} behind"
    if behind < 0:
        return broken("index", f"{where}: the node has lost blocks, or it is another chain's")
    if behind == 0 or silent < SILENT_SECONDS:
        said = fine if behind <= BLOCKS_BEHIND else note
        return said("index", f"{where}; final up to {max(0, cursor.deep_number):,}")
    return broken("index", f"{where}, and nothing was read for {duration(silent)}")


def rows() -> Finding:
    """Whether the projected rows are what this version of the site makes of the chain's events."""
    if IndexCursor.objects.exclude(projections_digest=projections.load(settings.PROJECTIONS).digest).exists():
        return broken("rows", "of another version of this site; the follower makes them anew when it starts")
    return fine("rows", "as this version makes them of the chain's events")


def reorganisations(now: datetime) -> Finding:
    """What the chain undid in the last day; a fork below the confirmation depth needs a person."""
    seen = list(Reorg.objects.filter(seen_at__gte=now - REORGS_TOLD))
    beyond = [each for each in seen if each.is_beyond_depth]
    if beyond:
        deepest = max(each.depth for each in beyond)
        return broken(
            "reorgs", f"{deepest} blocks were undone, below what counted as final: look at paused runs"
        )
    if seen:
        deepest = max(each.depth for each in seen)
        return note("reorgs", f"{len(seen)} in the last day, the deepest of {deepest} blocks; rows follow")
    return fine("reorgs", "none in the last day")
