"""Removing what nobody wants: no pin, no holder, and nobody came back for it within the grace time."""

from collections.abc import Iterable
from dataclasses import dataclass

from storage.cid import Cid
from storage.local.disk import sync_folder
from storage.local.store import LocalStore


@dataclass(frozen=True, slots=True)
class Collected:
    """waiting: things that nobody wants, but whose grace time still runs.
    is_postponed: someone was writing, so that nothing was looked at; ask again later."""

    removed: tuple[Cid, ...] = ()
    freed_bytes: int = 0
    waiting: int = 0
    is_postponed: bool = False


def collect_garbage(store: LocalStore, *, grace_seconds: float, now: float) -> Collected:
    """Removes what was unwanted at the collections of the last `grace_seconds`; never during a write.

    The grace time of a thing starts at the first collection that finds it unwanted, so two collections are
    needed before anything goes; 0 removes at once. With a day, a thing unpinned by mistake can be pinned
    again for a day.
    """
    if not store.layout.folder.is_dir():
        return Collected()
    with store.alone() as is_alone:
        if not is_alone:
            return Collected(is_postponed=True)
        wanted = _wanted_roots(store)
        unwanted = [root for root in store.layout.roots() if root not in wanted]
        store.book.note_unwanted(unwanted, now=now)
        due = store.book.unwanted_since(now - grace_seconds)
        freed_bytes = sum(store.layout.size_bytes(root) for root in due)
        _remove(store, due)
    return Collected(tuple(due), freed_bytes, len(unwanted) - len(due))


def _wanted_roots(store: LocalStore) -> set[Cid]:
    """Roots that are pinned or held, and those that contain a pinned or held block."""
    roots = set(store.layout.roots())
    wanted: set[Cid] = set()
    for cid in {*store.layout.pins(), *store.book.held()}:
        if cid in roots:
            wanted.add(cid)
        else:
            wanted.update(store.trees_with(cid))
    return wanted


def _remove(store: LocalStore, roots: Iterable[Cid]) -> None:
    """Takes the names away, durably; the bytes go with the draft, also after a kill."""
    with store.drafts.open() as draft:
        for number, root in enumerate(roots):
            path = store.layout.of_root(root)
            if path.exists():
                path.rename(draft / str(number))
                sync_folder(path.parent)
            store.forget(root)
