"""scrub."""

import argparse
import sys
import time

from storage.command.places import local_store_of, source_at
from storage.command.streams import DONE, REFUSED, say
from storage.local.scrub import scrub
from storage.progress import ProgressLine


def scrub_store(chosen: argparse.Namespace) -> int:
    """Exit code 1 where damage is left, so that a timer's mail tells of it."""
    store = local_store_of(chosen)
    line = ProgressLine(sys.stderr, None)
    try:
        scrubbed = scrub(
            store,
            share=chosen.share,
            now=time.time(),
            source=source_at(chosen.source) if chosen.source else None,
            on_checked=line.add,
        )
    finally:
        line.finish()
    for damage in scrubbed.damage:
        blocks = ", ".join(str(block) for block in damage.blocks)
        say(f"{'repaired' if damage.is_repaired else 'damaged'} {damage.root} (bad: {blocks})")
    say(f"checked {scrubbed.checked} things, {scrubbed.checked_bytes} bytes; damaged: {len(scrubbed.damage)}")
    return DONE if all(damage.is_repaired for damage in scrubbed.damage) else REFUSED
