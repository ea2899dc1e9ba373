"""Whose password is being guessed, for the limit on tries, and the end of that limit by an operator."""

from collections.abc import Mapping

from axes.models import AccessAttempt
from axes.utils import reset
from django.http import HttpRequest


def guessed_account(request: HttpRequest, credentials: Mapping[str, str] | None) -> str | None:
    """The account as one word: an address in another case is the same account, not five more tries."""
    given = (credentials or request.POST).get("username")
    return None if given is None else given.lower()


def forget_guesses(attempt_id: int) -> None:
    """Lets the account and the address of these guesses try again at once."""
    attempt = AccessAttempt.objects.get(pk=attempt_id)
    reset(username=attempt.username)
    reset(ip=attempt.ip_address)
