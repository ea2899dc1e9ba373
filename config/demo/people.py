"""The demo's wallets: made once, kept in a private file, so that a second run needs no new votes."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from chain.accounts import LocalWallet
from config.demo.api import ApiUser

MEMBERS = ("member one", "member two", "member three")
ROLES = ("provider", "contributor", "researcher", *MEMBERS)


@dataclass(frozen=True)
class Cast:
    """Who plays in the story. The contributor owns 30 % of the dataset."""

    provider: ApiUser
    contributor: ApiUser
    researcher: ApiUser
    members: tuple[ApiUser, ...]

    @property
    def everyone(self) -> tuple[ApiUser, ...]:
        """All who sign in."""
        return (self.provider, self.contributor, self.researcher, *self.members)


def cast(site_url: str, wallet_file: Path) -> Cast:
    """The cast with its wallets, new ones where the file lacks them."""
    keys = _keys(wallet_file)
    users = {role: ApiUser(site_url, role, LocalWallet(keys[role])) for role in ROLES}
    return Cast(
        provider=users["provider"],
        contributor=users["contributor"],
        researcher=users["researcher"],
        members=tuple(users[role] for role in MEMBERS),
    )


def _keys(wallet_file: Path) -> dict[str, str]:
    try:
        keys = json.loads(wallet_file.read_text())
    except (FileNotFoundError, ValueError):
        keys = {}
    missing = [role for role in ROLES if role not in keys]
    if not missing:
        return keys
    keys |= {role: "0x" + secrets.token_hex(32) for role in missing}
    wallet_file.parent.mkdir(parents=True, exist_ok=True)
    draft = wallet_file.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        json.dump(keys, handle, indent=1)
    draft.replace(wallet_file)
    return keys
