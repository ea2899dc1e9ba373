"""Reads the environment with types and clear errors, for the settings."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent


def text(name: str, default: str) -> str:
    """The variable's value, or the default where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off."""
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be a yes or a no, not {value!r}")


def integer(name: str, default: int, minimum: int = 0) -> int:
    """A whole number not below the minimum."""
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}") from None
    if number < minimum:
        raise ImproperlyConfigured(f"{name} must be at least {minimum}, not {number}")
    return number


def path(name: str, default: Path) -> Path:
    """An absolute path."""
    return Path(text(name, str(default))).expanduser().absolute()


def database(url: str) -> dict[str, object]:
    """Django's DATABASES entry of a postgresql:// URL; a `host` in the query is a socket folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// (Qommons needs PostgreSQL)")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "qommons",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": query.pop("port", None) or parts.port or "",
        "OPTIONS": query,
        "CONN_HEALTH_CHECKS": True,
    }


def secret_key(keys_dir: Path) -> str:
    """SECRET_KEY from the environment, else one made once and kept in a private file of this installation."""
    value = os.environ.get("SECRET_KEY", "").strip()
    if value:
        return value
    file = keys_dir / "django-secret.key"
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        return _new_secret(file)


def _new_secret(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    value = secrets.token_urlsafe(48)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return file.read_text().strip() or value
    with os.fdopen(descriptor, "w") as handle:
        handle.write(value)
    return value
