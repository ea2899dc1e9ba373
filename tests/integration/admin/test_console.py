"""The admin console: no record that follows from the chain is written there; no password is guessed."""

from typing import Any

import pytest
from axes.utils import reset
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.test import Client, RequestFactory

from accounts.models import User
from chain.models import ProjectedModel

pytestmark = [pytest.mark.django_db, pytest.mark.attack("S37")]
LOGIN = "/admin/login/"
ROOMS = ("chain", "governance", "marketplace", "qjobs")
ROWS = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
OPERATOR, OTHER = "0x" + "A1" * 20, "0x" + "B2" * 20
PASSWORD = "correct horse battery staple"


@pytest.fixture
def operator() -> User:
    reset()
    return User.objects.create_superuser(OPERATOR, PASSWORD)


@pytest.fixture
def console(operator: User) -> Client:
    browser = Client()
    browser.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def try_password(name: str, password: str, **extra: Any) -> int:
    form = {"username": name, "password": password}
    return Client().post(LOGIN, form, **extra).status_code


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model._meta.label)
def test_no_row_of_chain_or_work_can_be_written_in_the_console(model: type, operator: User) -> None:
    registered = admin.site._registry.get(model)
    if registered is None:
        return
    request = RequestFactory().post("/")
    request.user = operator

    assert registered.has_view_permission(request)
    assert not registered.has_add_permission(request)
    assert not registered.has_change_permission(request)
    assert not registered.has_delete_permission(request)
    for inline in registered.inlines:
        rows = inline(model, admin.site)
        assert not rows.has_add_permission(request, None)
        assert not rows.has_change_permission(request)
        assert not rows.can_delete


def test_every_projected_row_can_be_seen_in_the_console() -> None:
    projected = [model for model in ROWS if issubclass(model, ProjectedModel)]

    assert len(projected) > 10
    assert [model for model in projected if model not in admin.site._registry] == []


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model._meta.label)
def test_every_list_of_the_console_opens(model: type, console: Client) -> None:
    meta = model._meta  # type: ignore[attr-defined]

    assert console.get(f"/admin/{meta.app_label}/{meta.model_name}/").status_code == 200


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
    User.objects.create_superuser(OTHER, PASSWORD)
    for n in range(settings.AXES_FAILURE_LIMIT):
        try_password(f"nobody {n}", "guess", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")

    assert try_password(OTHER, PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.99") == 429
    assert try_password(OTHER, PASSWORD, REMOTE_ADDR="203.0.113.99") == 302


def test_a_few_wrong_tries_do_not_keep_the_operator_out(operator: User) -> None:
    for n in range(settings.AXES_FAILURE_LIMIT - 1):
        try_password(OPERATOR, f"guess {n}")

    assert try_password(OPERATOR, PASSWORD) == 302


def test_a_wallet_without_staff_rights_gets_no_page_of_the_console() -> None:
    wallet = Client()
    wallet.force_login(User.objects.create_user(OTHER), backend="accounts.backends.WalletBackend")

    assert wallet.get("/admin/").status_code == 302
    assert wallet.get("/admin/qjobs/run/").status_code == 302
