"""Who knows how to build the call of an outbox entry: one function a kind, named in the settings."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from django.utils.module_loading import import_string

from chain.abi import Call
from chain.errors import UnknownKind
from chain.models import OutboxEntry
from chain.signer import Signer, read_signer

Builder = Callable[[OutboxEntry, Signer], Call]


def builders_from(paths: Mapping[str, str]) -> Callable[[str], Builder]:
    """A look-up of builders by kind over settings.OUTBOX_KINDS; each is imported when first needed."""

    @cache
    def find(kind: str) -> Builder:
        if kind not in paths:
            raise UnknownKind(f"no builder for transactions of kind {kind!r}")
        builder: Builder = import_string(paths[kind])
        return builder

    return find


def signers_from(keys_dir: Path) -> Callable[[str], Signer]:
    """A look-up of signers by name over a folder of key files."""
    return lambda name: read_signer(keys_dir, name)
