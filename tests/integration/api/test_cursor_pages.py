"""Every list that can grow is told in pages: each row once, whatever the page's length."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.keys import create_key
from accounts.models import User
from common.api_types import ListOf
from config.openapi.described import ANSWERS
from marketplace.models import MarketCredit, UploadSession
from qjobs.models import JobCredit
from tests.fakes import rows

pytestmark = pytest.mark.django_db
TOKENS = [rows.address(number) for number in (32, 34, 33)]


@pytest.fixture
def owner() -> User:
    user, _ = User.objects.get_or_create(address=rows.PROVIDER)
    return user


@pytest.fixture
def browser(owner: User) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(owner, backend="accounts.backends.WalletBackend")
    return client


def add_keys(owner: User) -> list[str]:
    made = [create_key(owner=owner, name=f"key {number}", scope="read")[0] for number in range(3)]
    return [str(row.pk) for row in reversed(made)]


def add_sessions(owner: User) -> list[str]:
    made = []
    for number in (1, 3, 2):
        row = UploadSession.objects.create(
            owner=owner, file_name=f"{number}.csv", key_proof="0" * 64, size_bytes=9, chunk_bytes=9
        )
        begun = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=number)
        UploadSession.objects.filter(pk=row.pk).update(created_at=begun)
        made.append((number, str(row.pk)))
    return [pk for _, pk in sorted(made, reverse=True)]


def add_market_credits(owner: User) -> list[str]:
    with rows.projecting():
        for token in TOKENS:
            MarketCredit.objects.create(key=f"{owner.address}/{token}", account=owner.address, token=token)
    return sorted(TOKENS, reverse=True)


def add_job_credits(owner: User) -> list[str]:
    with rows.projecting():
        for token in TOKENS:
            key = JobCredit.key_of(owner.address, token)
            JobCredit.objects.create(credit_id=key, account=owner.address, token=token)
    return sorted(TOKENS, reverse=True)


@pytest.mark.parametrize(
    ("path", "fill", "name_of"),
    [
        ("keys", add_keys, lambda row: row["id"]),
        ("uploads/sessions", add_sessions, lambda row: row["id"]),
        (f"market/credits/{rows.PROVIDER}", add_market_credits, lambda row: row["token"]["address"]),
        (f"jobs/credits/{rows.PROVIDER}", add_job_credits, lambda row: row["token"]),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_of_any_length_tell_every_row_once_and_end(
    path: str,
    fill: Callable[[User], list[str]],
    name_of: Callable[[Any], str],
    limit: int,
    owner: User,
    browser: Client,
) -> None:
    expected = fill(owner)

    told, cursor, lengths = [], "", []
    while cursor is not None:
        asked = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        page = browser.get(f"/api/v1/{path}", asked).json()
        told += [name_of(row) for row in page["results"]]
        lengths.append(len(page["results"]))
        cursor = page["next"]

    assert told == expected
    assert lengths == {1: [1, 1, 1], 2: [2, 1], 3: [3]}[limit]


@pytest.mark.parametrize("path", ["keys", "uploads/sessions", f"market/credits/{rows.PROVIDER}"])
@pytest.mark.parametrize(
    "question", [{"cursor": "-1"}, {"cursor": "x\x00"}, {"limit": "0"}, {"limit": "101"}]
)
def test_cursor_that_no_page_gave_is_refused_in_words(
    path: str, question: dict[str, str], browser: Client
) -> None:
    refused = browser.get(f"/api/v1/{path}", question)

    assert (refused.status_code, refused.json()["error"]["field"]) == (422, next(iter(question)))


def test_one_list_alone_has_no_pages_since_the_code_fixes_it() -> None:
    whole = {name for name, told in ANSWERS.items() if getattr(told.answer, "__origin__", None) is ListOf}

    assert whole == {"GET proposal-kinds"}
