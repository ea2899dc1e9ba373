"""`manage.py operator`: who opens the console is decided on the machine, with a reason in the log."""

import io
import sys
from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from accounts.models import User
from chain.accounts import checksum
from tests.integration.admin.conftest import PASSWORD, WALLET, browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.attack("S37")]
WHY = "the first operator"
Command = Callable[..., None]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs the command with this line at its standard input."""

    def run(*words: str, address: str = WALLET, typed: str = PASSWORD, reason: str = WHY) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{typed}\n"))
        call_command("operator", address, "--reason", reason, "--password-stdin", *words)

    return run


def sign_in(password: str = PASSWORD) -> Client:
    browser = Client()
    browser.post("/admin/login/", {"username": WALLET, "password": password})
    return browser


def kept() -> str:
    return LogEntry.objects.order_by("-pk").values_list("change_message", flat=True)[0]


def test_operator_opens_the_console_with_the_password(command: Command) -> None:
    command()

    assert sign_in().get("/admin/operations/").status_code == 200
    assert sign_in("another password").get("/admin/").status_code == 302
    assert kept() == f"may look and act, by command. Reason: {WHY}"


def test_wallet_that_signed_in_before_becomes_an_operator(command: Command) -> None:
    user = User.objects.create_user(WALLET)

    command(address=WALLET.lower())

    assert User.objects.get() == user
    assert User.objects.get().is_superuser


def test_who_may_only_look_sees_everything_and_acts_on_nothing(command: Command) -> None:
    command("--look-only")
    browser = sign_in()

    assert browser.get("/admin/operations/").status_code == 200
    assert browser.get("/admin/qjobs/run/").status_code == 200
    assert browser.post("/admin/accounts/user/add/", {}).status_code == 403
    assert not User.objects.get().has_perm("qjobs.change_run")


def test_revoked_operator_is_out_at_once(command: Command) -> None:
    command()
    browser = sign_in()
    assert browser.get("/admin/").status_code == 200

    command("--revoke", reason="left")

    user = User.objects.get()
    assert browser.get("/admin/").status_code == 302
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (False, False, False)
    assert sign_in().get("/admin/").status_code == 302
    assert browser_of(user).get("/admin/").status_code == 302
    assert kept() == "no longer an operator, by command. Reason: left"


def test_operator_who_may_do_all_becomes_one_who_looks(command: Command) -> None:
    command()

    command("--look-only", reason="second thoughts")

    assert not User.objects.get().is_superuser
    assert User.objects.get().has_perm("chain.view_outboxentry")


@pytest.mark.parametrize(
    ("typed", "words"), [("short", "too short"), ("1" * 20, "entirely numeric"), ("", "too short")]
)
def test_weak_password_makes_no_operator(command: Command, typed: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        command(typed=typed)

    assert not User.objects.exists()


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_operator_without_a_reason_is_none(command: Command, reason: str) -> None:
    with pytest.raises(CommandError, match="1 to 300"):
        command(reason=reason)

    assert not User.objects.exists()


@pytest.mark.parametrize("address", ["root", "0x12", "0x" + "g1" * 20])
def test_name_that_is_no_address_is_refused(command: Command, address: str) -> None:
    with pytest.raises(CommandError):
        command(address=address)

    assert not User.objects.exists()


def test_revoking_a_stranger_is_refused(command: Command) -> None:
    User.objects.create_user(WALLET)

    with pytest.raises(CommandError, match=f"{checksum(WALLET)} is no operator"):
        command("--revoke")
