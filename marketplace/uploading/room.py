"""Whether disks and nodes have room for an upload, asked before its bytes come and before they are kept.

Nothing is reserved: who announces much and sends nothing would keep the others out. An upload that meets a
full disk later is refused in the middle, keeps its chunks, and goes on when there is room.
"""

import tempfile
from pathlib import Path

from django.conf import settings

from common.errors import RetryableError
from marketplace.store import local_stores, nodes, spare_places
from storage.errors import StoreFull
from storage.local.disk import check_room


def check_room_to_come(size_bytes: int, *, is_private: bool) -> None:
    """Raises StoreFull where the chunks, and what is made of them, would not fit now."""
    chunks = (settings.UPLOAD_DIR, size_bytes + settings.UPLOAD_FREE_BYTES)
    check_room(chunks, _whole(size_bytes), *_kept(size_bytes, is_private))
    _check_room_at_nodes(size_bytes)


def check_room_for_chunk(size_bytes: int) -> None:
    """Raises StoreFull where the chunk would take what the rest of the site needs."""
    check_room((settings.UPLOAD_DIR, size_bytes + settings.UPLOAD_FREE_BYTES))


def check_room_to_keep(size_bytes: int, *, is_private: bool) -> None:
    """Raises StoreFull where the chunks are here and what is made of them would not fit."""
    spare = (settings.UPLOAD_DIR, settings.UPLOAD_FREE_BYTES)
    check_room(spare, _whole(size_bytes), *_kept(size_bytes, is_private))
    _check_room_at_nodes(size_bytes)


def check_room_at_places(size_bytes: int, *, is_private: bool) -> None:
    """Raises StoreFull where a file that is here whole, on a disk already, would not fit into the places of
    the content."""
    check_room(*_kept(size_bytes, is_private))
    _check_room_at_nodes(size_bytes)


def _whole(size_bytes: int) -> tuple[Path, int]:
    """The file itself while it is read."""
    return Path(tempfile.gettempdir()), size_bytes


def _kept(size_bytes: int, is_private: bool) -> list[tuple[Path, int]]:
    """A copy in each store of ours, and of a private file its sealed one until it is there."""
    copies = [(store.layout.folder, size_bytes) for store in local_stores()]
    return [_whole(size_bytes), *copies] if is_private else copies


def _check_room_at_nodes(size_bytes: int) -> None:
    """Raises StoreFull where so many nodes have too little room that too few places are left.

    A node that does not answer now may have some; it is asked again when the file goes there.
    """
    spare = spare_places()
    for node in nodes():
        try:
            node.check_room(size_bytes)
        except StoreFull:
            spare -= 1
            if spare < 0:
                raise
        except RetryableError:
            continue
