"""Sums of money in the admin console, as people read them."""

from collections.abc import Callable
from functools import cache

from django.contrib import admin
from django.db.models import Model

from marketplace.tokens import token_at


@cache
def money(name: str, token: str) -> Callable[[Model], str]:
    """A column of base units in the words of the token that another column names; for `list_display` too."""

    @admin.display(description=name.removesuffix("_units").replace("_", " "), ordering=name)
    def shown(row: Model) -> str:
        units = getattr(row, name)
        return "–" if units is None else token_at(getattr(row, token)).text(int(units))

    return shown
