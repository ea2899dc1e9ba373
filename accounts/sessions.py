"""Sessions in the database, asked for only by keys that the site itself could have given."""

from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """A cookie may hold anything, a NUL too, which the database refuses to be asked for."""

    def _validate_session_key(self, key: Any) -> bool:
        is_long_enough = super()._validate_session_key(key)  # type: ignore[misc]  # Django's stubs leave it out
        return bool(is_long_enough) and key.isascii() and key.isalnum()
