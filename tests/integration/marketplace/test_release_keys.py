"""The release service's key changes; the log is checked by a command; files and CIDs stay as they are."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from marketplace.models import ContentKey, ReleaseEntry
from marketplace.release.files import open_sealed
from marketplace.release.keys import key_file
from marketplace.release.log import note
from storage.age.errors import NoIdentityMatches
from storage.age.key_file import read_identities
from tests.integration.marketplace.acts import TABLE, ApiWallet
from tests.integration.marketplace.private import make_release_key, upload_privately

pytestmark = pytest.mark.django_db


@pytest.fixture
def cid(provider: ApiWallet, settings, tmp_path) -> str:
    settings.KEYS_DIR = tmp_path / "keys"
    make_release_key()
    return upload_privately(provider.sign_in()).json()["cid"]


def run(command: str, *words: str) -> str:
    said = StringIO()
    call_command(command, *words, stdout=said)
    return said.getvalue().strip()


def rows_of(cid: str) -> bytes:
    return b"".join(open_sealed(cid).read())


def test_rotation_wraps_every_key_for_the_new_one_and_the_old_can_be_forgotten(cid: str) -> None:
    before = bytes(ContentKey.objects.get().header)
    old_key = key_file().read_text()

    assert run("rotate_release_key") == "1 key(s) wrapped for the new recipient"
    assert rows_of(cid) == TABLE
    assert run("rotate_release_key", "--drop-old") == "1 older key(s) forgotten"
    assert rows_of(cid) == TABLE

    assert bytes(ContentKey.objects.get().header) != before
    assert len(read_identities(key_file())) == 1
    key_file().write_text(old_key)
    with pytest.raises(NoIdentityMatches):
        rows_of(cid)


def test_upload_during_a_rotation_is_moved_before_the_old_key_is_forgotten(
    cid: str, provider: ApiWallet
) -> None:
    old_recipient = (Path(django_settings.KEYS_DIR) / "release-age.pub").read_text()
    run("rotate_release_key")
    newest = (Path(django_settings.KEYS_DIR) / "release-age.pub").read_text()
    (Path(django_settings.KEYS_DIR) / "release-age.pub").write_text(old_recipient)
    late = upload_privately(provider).json()["cid"]
    (Path(django_settings.KEYS_DIR) / "release-age.pub").write_text(newest)

    run("rotate_release_key", "--drop-old")

    assert rows_of(late) == TABLE


def test_rotation_without_a_key_file_says_so(settings, tmp_path) -> None:
    settings.KEYS_DIR = tmp_path / "none"

    with pytest.raises(CommandError, match=r"release-age\.key cannot be read"):
        run("rotate_release_key")


def test_check_of_the_log_holds_and_gives_the_newest_hash() -> None:
    assert run("check_release_log") == "HOLDS: nothing was released yet"
    newest = [note("released", pass_id=number) for number in (1, 2)][-1]

    assert run("check_release_log").endswith(newest.hash)
    assert run("check_release_log", "--noted", newest.hash).startswith("HOLDS: 2 entries")


@pytest.mark.parametrize("number", [1, 2])
def test_check_of_a_log_that_was_changed_in_the_database_ends_with_1(number: int) -> None:
    for each in (1, 2, 3):
        note("released", pass_id=each)
    ReleaseEntry.objects.filter(number=number).update(facts={"pass_id": 9})

    with pytest.raises(SystemExit) as ended:
        run("check_release_log")
    assert ended.value.code == 1


def test_check_of_a_log_whose_end_was_cut_off_ends_with_1_where_a_hash_was_noted() -> None:
    noted = [note("released", pass_id=number) for number in (1, 2)][-1].hash
    ReleaseEntry.objects.filter(number=2).delete()

    assert run("check_release_log").startswith("HOLDS: 1 entries")
    with pytest.raises(SystemExit):
        run("check_release_log", "--noted", noted)
