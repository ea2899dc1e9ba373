"""The admin console: no record that follows from the chain is written there; no password is guessed."""

from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.test import Client, RequestFactory

from accounts.models import User
from chain.models import OutboxEntry, ProjectedModel
from qjobs.models import Run, SpecDocument
from tests.e2e.made_up_site import fill
from tests.fakes import rows
from tests.integration.admin.conftest import OPERATOR, PASSWORD, WALLET

pytestmark = [pytest.mark.django_db, pytest.mark.attack("S37")]
LOGIN = "/admin/login/"
ROOMS = ("chain", "governance", "marketplace", "qjobs")
REGISTERED = list(admin.site._registry)
READ_ONLY = [model for model in REGISTERED if model is not User]
# Everything that an operator can do to rows beyond looking; each asks for a reason and calls a service.
ACTS = {
    Run: {"resume_selected"},
    SpecDocument: {"redraw_selected"},
    OutboxEntry: {"send_again_selected"},
    AccessAttempt: {"forgive_selected"},
}


def try_password(name: str, password: str, **extra: Any) -> int:
    form = {"username": name, "password": password}
    return Client().post(LOGIN, form, **extra).status_code


def asks(user: User) -> Any:
    request = RequestFactory().post("/")
    request.user = user
    return request


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model._meta.label)
def test_no_row_of_chain_or_work_can_be_written_in_the_console(model: type, operator: User) -> None:
    registered, request = admin.site._registry[model], asks(operator)

    assert registered.has_view_permission(request)
    assert not registered.has_add_permission(request)
    assert not registered.has_change_permission(request)
    assert not registered.has_delete_permission(request)
    for inline in registered.inlines:
        rows = inline(model, admin.site)
        assert not rows.has_add_permission(request, None)
        assert not rows.has_change_permission(request)
        assert not rows.can_delete


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model._meta.label)
def test_forms_that_are_not_offered_are_refused_too(model: type, console: Client) -> None:
    place = f"/admin/{model._meta.app_label}/{model._meta.model_name}"  # type: ignore[attr-defined]
    before = list(model.objects.values_list("pk", flat=True))  # type: ignore[attr-defined]

    assert console.post(f"{place}/add/", {"reason": "mine"}).status_code == 403
    for key in (1, *before):
        for name in ("change", "delete"):
            answer = console.post(f"{place}/{key}/{name}/", {"post": "yes"})
            assert answer.status_code == 403 or answer.headers["Location"] == "/admin/"
    assert list(model.objects.values_list("pk", flat=True)) == before  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
def test_a_list_offers_the_acts_that_are_written_down_and_no_other(model: type, operator: User) -> None:
    offered = admin.site._registry[model].get_actions(asks(operator))

    assert set(offered) == ACTS.get(model, set())


def test_every_projected_row_can_be_seen_in_the_console() -> None:
    rows = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
    projected = [model for model in rows if issubclass(model, ProjectedModel)]

    assert len(projected) > 10
    assert [model for model in projected if model not in REGISTERED] == []


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
def test_every_list_of_the_console_opens(model: type, console: Client, watcher: Client) -> None:
    place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"  # type: ignore[attr-defined]

    assert console.get(place).status_code == 200
    assert watcher.get(place).status_code == 200


def test_every_row_has_a_page(console: Client, settings: Any, tmp_path: Path) -> None:
    settings.STORE_DIR = tmp_path
    fill()
    entry = OutboxEntry.objects.create(key="x", kind="withdraw", sender="executor")
    entry.transactions.create(
        sender_address=WALLET,
        nonce=0,
        raw=b"",
        tx_hash=rows.digest("tx"),
        gas_limit=21_000,
        max_fee_wei=1,
        priority_fee_wei=1,
        signed_at=entry.created_at,
    )
    try_password(OPERATOR, "guess")
    firsts = [row for model in REGISTERED if (row := model.objects.first())]

    assert len(firsts) > 18
    for row in firsts:
        place = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{quote(row.pk)}"
        assert console.get(f"{place}/change/").status_code == 200, place
        assert console.get(f"{place}/history/").status_code == 200, place


def test_a_sixth_guess_is_refused_even_where_it_is_right(operator: User) -> None:
    guesses = [try_password(OPERATOR, f"guess {n}") for n in range(settings.AXES_FAILURE_LIMIT)]

    assert guesses[:-1] == [200] * (settings.AXES_FAILURE_LIMIT - 1)
    assert guesses[-1] == 429
    assert try_password(OPERATOR, PASSWORD) == 429


def test_guesses_from_many_addresses_lock_the_account(operator: User) -> None:
    for n in range(settings.AXES_FAILURE_LIMIT):
        try_password(OPERATOR, "guess", REMOTE_ADDR=f"203.0.113.{n}")

    assert try_password(OPERATOR, PASSWORD, REMOTE_ADDR="203.0.113.99") == 429


def test_an_address_in_another_case_is_the_same_account(operator: User) -> None:
    for n in range(settings.AXES_FAILURE_LIMIT):
        name = OPERATOR[: 2 + n] + OPERATOR[2 + n :].lower()
        try_password(name, "guess", REMOTE_ADDR=f"203.0.113.{n}")

    assert try_password(OPERATOR, PASSWORD, REMOTE_ADDR="203.0.113.99") == 429


def test_a_claimed_forwarded_address_does_not_hide_who_guesses(operator: User) -> None:
    User.objects.create_superuser(WALLET, PASSWORD)
    for n in range(settings.AXES_FAILURE_LIMIT):
        try_password(f"nobody {n}", "guess", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")

    assert try_password(WALLET, PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.99") == 429
    assert try_password(WALLET, PASSWORD, REMOTE_ADDR="203.0.113.99") == 302


def test_a_few_wrong_tries_do_not_keep_the_operator_out(operator: User) -> None:
    for n in range(settings.AXES_FAILURE_LIMIT - 1):
        try_password(OPERATOR, f"guess {n}")

    assert try_password(OPERATOR, PASSWORD) == 302


def test_a_wallet_without_staff_rights_gets_no_page_of_the_console() -> None:
    wallet = Client()
    wallet.force_login(User.objects.create_user(WALLET), backend="accounts.backends.WalletBackend")

    assert wallet.get("/admin/").status_code == 302
    assert wallet.get("/admin/qjobs/run/").status_code == 302
