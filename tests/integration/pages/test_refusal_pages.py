"""What a reader sees whose request is refused before any view of ours: the site's own page, in words."""

import pytest
from django.test import Client

from accounts.models import User
from tests.fakes import rows

pytestmark = pytest.mark.django_db


def told(answer) -> tuple[int, str]:
    text = answer.content.decode()
    assert "<style" not in text  # Django's own pages carry one, which our policy refuses
    assert 'href="/static/qommons' in text
    return answer.status_code, text


def test_too_many_fields_are_refused_in_words() -> None:
    fields = {f"field{number}": "1" for number in range(2_000)}

    code, text = told(Client().post("/admin/login/", fields))

    assert (code, "could not read this request" in text) == (400, True)


def test_form_without_its_token_is_refused_with_what_to_do() -> None:
    code, text = told(Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a"}))

    assert (code, "load the page again" in text) == (403, True)


def test_page_of_operators_is_refused_to_staff_without_the_right() -> None:
    user = User.objects.create(address=rows.MEMBER, is_staff=True)
    reader = Client()
    reader.force_login(user, backend="accounts.backends.WalletBackend")

    code, text = told(reader.get("/admin/operations/"))

    assert (code, "Operators alone" in text) == (403, True)
