"""Domain, URI, chain and times of a message against the site's settings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accounts.errors import WrongChain, WrongDomain, WrongTime, WrongUri
from accounts.rules import LEEWAY, NONCE_LIFETIME, SiteTerms, check_message, new_message
from accounts.siwe.message import parse

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
SITE = SiteTerms(site_url="http://127.0.0.1:8000", chain_id=31337)
RESEARCHER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
MESSAGE = new_message(terms=SITE, address=RESEARCHER, nonce="0123456789abcdef", now=NOW)
SECOND = timedelta(seconds=1)


def test_new_message_is_accepted_and_survives_the_parser() -> None:
    check_message(MESSAGE, terms=SITE, now=NOW)

    assert parse(MESSAGE.as_text()) == MESSAGE


@pytest.mark.attack("S02")
@pytest.mark.parametrize(
    "domain",
    [
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1:80001",
        "localhost:8000",
        "evil.example",
        "127.0.0.1:8000.evil.example",
        "127.0.0.1:8000@evil.example",
        "me@127.0.0.1:8000",
    ],
)
def test_check_message_other_domain_is_refused(domain: str) -> None:
    with pytest.raises(WrongDomain):
        check_message(replace(MESSAGE, domain=domain), terms=SITE, now=NOW)


@pytest.mark.attack("S02")
def test_check_message_scheme_must_be_the_sites_where_it_is_named() -> None:
    check_message(replace(MESSAGE, scheme="http"), terms=SITE, now=NOW)

    with pytest.raises(WrongDomain):
        check_message(replace(MESSAGE, scheme="https"), terms=SITE, now=NOW)


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:8000",
        "http://127.0.0.1:8000/",
        "http://127.0.0.1:8000/a/b",
        "http://127.0.0.1:8000?a#b",
    ],
)
def test_check_message_uri_under_the_site_is_accepted(uri: str) -> None:
    check_message(replace(MESSAGE, uri=uri), terms=SITE, now=NOW)


@pytest.mark.attack("S02")
@pytest.mark.parametrize(
    "uri",
    [
        "https://127.0.0.1:8000/",
        "http://127.0.0.1:80001/",
        "http://127.0.0.1:8000.evil.example/",
        "http://127.0.0.1:8000@evil.example/",
        "http://me@127.0.0.1:8000/",
        "http://evil.example/http://127.0.0.1:8000",
        "http://127.0.0.1:8000/../x",
        "http://127.0.0.1:8000/%2e%2E/x",
        "urn:a",
    ],
)
def test_check_message_uri_elsewhere_is_refused(uri: str) -> None:
    with pytest.raises(WrongUri):
        check_message(replace(MESSAGE, uri=uri), terms=SITE, now=NOW)


@pytest.mark.attack("S02")
def test_check_message_other_chain_is_refused() -> None:
    with pytest.raises(WrongChain, match="chain 1,"):
        check_message(replace(MESSAGE, chain_id=1), terms=SITE, now=NOW)


@pytest.mark.fault("F26")
def test_check_message_issue_time_has_a_minute_of_leeway_into_the_future() -> None:
    check_message(MESSAGE, terms=SITE, now=NOW - LEEWAY)

    with pytest.raises(WrongTime, match="future"):
        check_message(MESSAGE, terms=SITE, now=NOW - LEEWAY - SECOND)


def test_check_message_old_message_is_refused_even_without_an_expiration() -> None:
    endless = replace(MESSAGE, expiration_time=None, expiration_time_text=None)
    check_message(endless, terms=SITE, now=NOW + NONCE_LIFETIME + LEEWAY)

    with pytest.raises(WrongTime, match="older"):
        check_message(endless, terms=SITE, now=NOW + NONCE_LIFETIME + LEEWAY + SECOND)


@pytest.mark.fault("F26")
def test_check_message_expiration_has_a_minute_of_leeway() -> None:
    short = replace(MESSAGE, expiration_time=NOW + SECOND)
    check_message(short, terms=SITE, now=NOW + LEEWAY)

    with pytest.raises(WrongTime, match="expired"):
        check_message(short, terms=SITE, now=NOW + LEEWAY + SECOND)


def test_check_message_expiration_before_issue_is_refused() -> None:
    with pytest.raises(WrongTime, match="before it was issued"):
        check_message(replace(MESSAGE, expiration_time=NOW), terms=SITE, now=NOW)


@pytest.mark.fault("F26")
def test_check_message_not_before_has_a_minute_of_leeway() -> None:
    check_message(replace(MESSAGE, not_before=NOW + LEEWAY), terms=SITE, now=NOW)

    with pytest.raises(WrongTime, match="not valid yet"):
        check_message(replace(MESSAGE, not_before=NOW + LEEWAY + SECOND), terms=SITE, now=NOW)


def test_check_message_site_with_a_path_keeps_the_segment_border() -> None:
    terms = SiteTerms(site_url="https://commons.example/app", chain_id=31337)
    message = new_message(terms=terms, address=RESEARCHER, nonce="0123456789abcdef", now=NOW)

    check_message(replace(message, uri="https://commons.example/app/in"), terms=terms, now=NOW)
    with pytest.raises(WrongUri):
        check_message(replace(message, uri="https://commons.example/apple"), terms=terms, now=NOW)
