"""Whose password is being guessed, for the limit on tries."""

from collections.abc import Mapping

from django.http import HttpRequest


def guessed_account(request: HttpRequest, credentials: Mapping[str, str] | None) -> str | None:
    """The account as one word: an address in another case is the same account, not five more tries."""
    given = (credentials or request.POST).get("username")
    return None if given is None else given.lower()
