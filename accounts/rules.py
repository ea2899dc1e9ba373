"""What a well-formed sign-in message must say to be accepted here. Pure; the clock is passed in."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from accounts.errors import WrongChain, WrongDomain, WrongTime, WrongUri
from accounts.siwe.message import SiweMessage

NONCE_LIFETIME = timedelta(minutes=5)
LEEWAY = timedelta(seconds=60)
STATEMENT = "Sign in to Qommons. This costs nothing and moves nothing."


@dataclass(frozen=True)
class SiteTerms:
    """What this site expects: from the settings, never from the request's Host header."""

    site_url: str
    chain_id: int

    @property
    def scheme(self) -> str:
        return urlsplit(self.site_url).scheme

    @property
    def domain(self) -> str:
        return urlsplit(self.site_url).netloc


def new_message(*, terms: SiteTerms, address: str, nonce: str, now: datetime) -> SiweMessage:
    """The message that this site asks a wallet to sign; valid as long as its nonce."""
    expires_at = now + NONCE_LIFETIME
    return SiweMessage(
        domain=terms.domain,
        address=address,
        statement=STATEMENT,
        uri=terms.site_url,
        chain_id=terms.chain_id,
        nonce=nonce,
        issued_at=now,
        issued_at_text=timestamp(now),
        expiration_time=expires_at,
        expiration_time_text=timestamp(expires_at),
    )


def check_message(message: SiweMessage, *, terms: SiteTerms, now: datetime) -> None:
    """Raises the error of the first rule that the message breaks, compared with the site's settings."""
    _check_origin(message, terms)
    if message.chain_id != terms.chain_id:
        raise WrongChain(
            f"the message is for chain {message.chain_id}, this site is on chain {terms.chain_id}"
        )
    _check_times(message, now)


def timestamp(instant: datetime) -> str:
    """The instant as RFC 3339 in UTC, to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _check_origin(message: SiweMessage, terms: SiteTerms) -> None:
    if message.scheme is not None and message.scheme != terms.scheme:
        raise WrongDomain(
            f"the message is for {message.scheme}://, this site is {terms.scheme}://", field="message"
        )
    if message.domain != terms.domain:
        raise WrongDomain(
            f"the message is for {message.domain}, this site is {terms.domain}", field="message"
        )
    if not _lies_under(message.uri, terms.site_url):
        raise WrongUri(f"the URI of the message does not lie under {terms.site_url}", field="message")


def _lies_under(uri: str, site_url: str) -> bool:
    base = site_url.rstrip("/")
    if not uri.startswith(base):
        return False
    rest = uri[len(base) :]
    path = re.split(r"[?#]", rest, maxsplit=1)[0]
    segments = path.lower().replace("%2e", ".").split("/")
    return rest[:1] in {"", "/", "?", "#"} and not {".", ".."} & set(segments)


def _check_times(message: SiweMessage, now: datetime) -> None:
    if message.issued_at > now + LEEWAY:
        raise WrongTime("the message was issued in the future: is the clock right?", field="message")
    if message.issued_at < now - NONCE_LIFETIME - LEEWAY:
        raise WrongTime("the message is older than five minutes: ask for a new one", field="message")
    if message.not_before is not None and message.not_before > now + LEEWAY:
        raise WrongTime("the message is not valid yet", field="message")
    if message.expiration_time is None:
        return
    if message.expiration_time <= message.issued_at:
        raise WrongTime("the message expires before it was issued", field="message")
    if message.expiration_time <= now - LEEWAY:
        raise WrongTime("the message has expired: ask for a new one", field="message")
