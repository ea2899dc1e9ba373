"""Keys apart from their files: wrapped for others, rotated, destroyed, while the file stays as it is."""

import io
import stat

import pytest

from storage.age.errors import HeaderMacMismatch, InvalidKey, NoIdentityMatches, NotQuantumSafe
from storage.age.file_key import FileKey
from storage.age.files import SealedFile, unseal
from storage.age.header import Stanza
from storage.age.key_file import (
    ensure_identity,
    public_half,
    read_identities,
    read_recipient,
    write_identities,
)
from storage.age.keys import Identity
from storage.age.vault import KnownKey, key_in, rewrapped, seal_apart

KEEPER, READER = Identity(bytes(range(32))), Identity(bytes(range(1, 33)))
PLAIN = bytes(range(256)) * 1000


def sealed() -> tuple[bytes, bytes]:
    """(key header, file)."""
    apart = seal_apart(io.BytesIO(PLAIN), [KEEPER.recipient])
    return apart.key_header, b"".join(apart.pieces)


def opened(file: bytes, key_header: bytes, identity: Identity) -> bytes:
    return b"".join(unseal(io.BytesIO(file), [KnownKey(key_in(key_header, [identity]))]))


def test_file_is_opened_by_the_key_in_its_own_header_alone():
    key_header, file = sealed()
    other_header, _ = sealed()

    assert opened(file, key_header, KEEPER) == PLAIN
    with pytest.raises(NoIdentityMatches):
        unseal(io.BytesIO(file), [KEEPER])
    with pytest.raises(HeaderMacMismatch):
        opened(file, other_header, KEEPER)


def test_rewrapped_header_opens_for_the_new_recipient_and_no_longer_for_the_old():
    key_header, file = sealed()

    moved = rewrapped(key_header, [KEEPER], [READER.recipient])

    assert opened(file, moved, READER) == PLAIN
    with pytest.raises(NoIdentityMatches):
        key_in(moved, [KEEPER])


def test_header_in_front_of_the_old_payload_is_an_age_file_of_the_reader():
    key_header, file = sealed()

    def source(offset: int, length: int):
        yield file[offset : offset + length]

    whole = SealedFile(source, len(file), [KnownKey(key_in(key_header, [KEEPER]))])
    given = b"".join(whole.behind(rewrapped(key_header, [KEEPER], [READER.recipient])).read())

    assert b"".join(unseal(io.BytesIO(given), [READER])) == PLAIN


def test_key_that_is_also_wrapped_for_a_classic_recipient_is_refused():
    file_key = FileKey.fresh()
    weak = Stanza(("X25519", "AAAA"), bytes(32))
    header = file_key.sign((KEEPER.recipient.wrap(file_key), weak)).encode()

    with pytest.raises(NotQuantumSafe, match="X25519"):
        key_in(header, [KEEPER])


def test_key_file_is_made_once_for_its_owner_alone_with_its_public_half(tmp_path):
    file = tmp_path / "keys" / "release-age.key"

    first, again = ensure_identity(file), ensure_identity(file)

    assert first == again == read_recipient(public_half(file)) == read_identities(file)[0].recipient
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(each.name for each in file.parent.iterdir()) == ["release-age.key", "release-age.pub"]


def test_key_file_that_others_may_read_is_refused_without_showing_it(tmp_path):
    file = tmp_path / "release-age.key"
    ensure_identity(file)
    file.chmod(0o644)

    with pytest.raises(InvalidKey, match="chmod 600") as refused:
        read_identities(file)
    assert "AGE-SECRET" not in str(refused.value)


def test_written_identities_stay_private_and_the_first_is_the_public_one(tmp_path):
    file = tmp_path / "release-age.key"
    ensure_identity(file)

    write_identities(file, [READER, KEEPER])

    assert [each.recipient for each in read_identities(file)] == [READER.recipient, KEEPER.recipient]
    assert read_recipient(public_half(file)) == READER.recipient
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
