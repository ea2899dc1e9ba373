"""manage.py executor_keys: both keys are made once, and only their public halves are told."""

from io import StringIO
from pathlib import Path

from django.conf import settings as django_settings
from django.core.management import call_command

from storage.age.key_file import read_identities


def test_executor_keys_are_made_once_and_their_public_halves_are_printed(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "keys"
    first, again = StringIO(), StringIO()

    call_command("executor_keys", stdout=first)
    call_command("executor_keys", stdout=again)

    signing_key, recipient = first.getvalue().split()
    assert first.getvalue() == again.getvalue()
    assert len(bytes.fromhex(signing_key.removeprefix("0x"))) == 32
    identity = read_identities(Path(django_settings.KEYS_DIR) / "executor-age.key")[0]
    assert recipient == str(identity.recipient)
    assert identity.reveal() not in first.getvalue()
