"""Reading a store again, a share at a time, to find what the disk has lost; and making it whole again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from common.errors import QommonsError
from storage.car import write_car
from storage.cid import RAW, Cid
from storage.errors import BlockMissing, CidMismatch, MalformedBlock, MalformedCar
from storage.local.store import LocalStore
from storage.local.tree import StoredTree
from storage.protocol import BlockSource
from storage.reading import Wanted, is_file, read_file, tree_blocks
from storage.streams import PieceStream

# What a bad disk looks like from above; MalformedCar is a damaged list of nodes.
DAMAGE = (CidMismatch, BlockMissing, MalformedCar, MalformedBlock, OSError)


@dataclass(frozen=True, slots=True)
class Damage:
    """A thing that does not read back whole, and the first blocks that are bad."""

    root: Cid
    blocks: tuple[Cid, ...]
    is_repaired: bool = False


@dataclass(frozen=True, slots=True)
class Scrubbed:
    checked: int
    checked_bytes: int
    damage: tuple[Damage, ...]


def _ignore(*_args: object) -> None:
    return None


def scrub(
    store: LocalStore,
    *,
    share: float,
    now: float,
    source: BlockSource | None = None,
    on_checked: Callable[[int], object] = _ignore,
) -> Scrubbed:
    """Hashes a share of the store's bytes again, what waited longest first; at least one thing.

    share: 1.0 reads everything; 1/30 a day reads everything once in a month.
    source: where to get bad blocks from. What stays bad is in quarantine: `has` denies it, its sound blocks
    are still read, and writing it anew ends the quarantine.
    on_checked: told the bytes of each thing that was read.
    """
    sizes = {root: store.layout.size_bytes(root) for root in store.layout.roots()}
    # What a clock that ran ahead has dated is as if unchecked.
    checked_at = {root: then for root, then in store.book.checked_at().items() if then <= now}
    budget = share * sum(sizes.values())
    done, damage = 0, []
    checked_bytes = 0
    for root in sorted(sizes, key=lambda root: checked_at.get(root, 0.0)):
        if done and checked_bytes >= budget:
            break
        done += 1
        checked_bytes += sizes[root]
        found = check(store, root, now=now)
        on_checked(sizes[root])
        if found:
            is_repaired = source is not None and _is_repaired(store, root, source)
            damage.append(Damage(root, found, is_repaired))
    return Scrubbed(done, checked_bytes, tuple(damage))


def check(store: LocalStore, root: Cid, *, now: float) -> tuple[Cid, ...]:
    """Reads one thing whole and gives its bad blocks; puts it into quarantine, or out of it."""
    bad = tuple(_bad_blocks(store, root))
    if bad and not store.layout.of_root(root).exists():
        return ()
    store.book.note_checked(root, now=now, is_damaged=bool(bad))
    return bad


def repair(store: LocalStore, root: Cid, source: BlockSource) -> None:
    """Writes a damaged thing anew: its sound blocks from here, only the bad ones from the source."""
    getters: list[Callable[[Wanted], bytes]] = [
        lambda wanted: store.read_block(wanted.cid),
        lambda wanted: source.read_block(wanted.cid),
    ]
    tree = _tree(store, root)
    if tree is not None:
        getters.insert(0, tree)

    def from_the_first_that_has_it(wanted: Wanted, /) -> bytes:
        for getter in getters[:-1]:
            try:
                return getter(wanted)
            except DAMAGE:
                continue
        return getters[-1](wanted)

    was_pinned = store.is_pinned(root)
    store.import_car(PieceStream(write_car(root, tree_blocks(root, from_the_first_that_has_it))))
    if not was_pinned:
        store.unpin(root)


def _is_repaired(store: LocalStore, root: Cid, source: BlockSource) -> bool:
    try:
        repair(store, root, source)
    except QommonsError:
        return False
    return True


def _tree(store: LocalStore, root: Cid) -> StoredTree | None:
    if root.codec == RAW:
        return None
    try:
        return StoredTree(store.layout.tree(root), root)
    except DAMAGE:
        return None


def _bad_blocks(store: LocalStore, root: Cid) -> Iterator[Cid]:
    if root.codec == RAW:
        yield from [] if _is_sound(store, root) else [root]
        return
    tree = _tree(store, root)
    if tree is None:
        yield root
        return
    bad: list[Cid] = []

    def noting_damage(wanted: Wanted, /) -> bytes:
        try:
            return tree(wanted)
        except DAMAGE:
            bad.append(wanted.cid)
            if wanted.cid.codec != RAW:
                raise
            return bytes(wanted.size)

    try:
        # A file is read by position, since equal chunks lie at several places of the disk.
        walk = read_file if is_file(noting_damage(Wanted(root))) else tree_blocks
        for _ in walk(root, noting_damage):
            continue
    except DAMAGE:
        bad = bad or [root]
    yield from bad


def _is_sound(store: LocalStore, root: Cid) -> bool:
    try:
        return root.is_of(store.layout.block(root).read_bytes())
    except OSError:
        return False
