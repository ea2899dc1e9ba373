"""Reads about users."""

from django.contrib.auth.models import AnonymousUser

from accounts.models import User


def wallet_of(user: User | AnonymousUser) -> str | None:
    """The signed-in wallet's address, or None for a visitor."""
    return user.address if isinstance(user, User) else None
