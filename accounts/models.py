"""Who signs in: a wallet address, and the nonces that its sign-in messages spend."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from chain.accounts import checksum
from common.fields import AddressField


class UserManager(BaseUserManager["User"]):
    """Finds and makes users by address, in whatever case it is written."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(address__iexact=username)

    def create_user(self, address: str, password: str | None = None, **fields: Any) -> "User":
        """A user of this wallet; without a password only the wallet signs in."""
        user = self.model(address=checksum(address), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, address: str, password: str | None = None, **fields: Any) -> "User":
        """A staff user with every permission of the admin console, which reaches no chain key."""
        return self.create_user(address, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A wallet. Its signature signs it in; staff may have a password for the admin console too."""

    address = AddressField(unique=True)
    is_staff = models.BooleanField(default=False, help_text="may open the admin console")
    is_active = models.BooleanField(default=True, help_text="may sign in")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "address"

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(Lower("address"), name="accounts_user_one_a_wallet"),
            models.CheckConstraint(
                condition=models.Q(address__regex=r"^0x[0-9a-fA-F]{40}$"), name="accounts_user_address_form"
            ),
        ]

    def __str__(self) -> str:
        return self.address

    def clean(self) -> None:
        super().clean()
        self.address = checksum(self.address)


class SignInNonce(models.Model):
    """A nonce that one session may spend once, by deleting this row."""

    nonce = models.CharField(max_length=64, unique=True)
    session_digest = models.CharField(max_length=64, help_text="sha256 of the session's key")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"nonce until {self.expires_at:%H:%M:%S}"


class ApiKey(models.Model):
    """A script's way in for one wallet: it reads, or also asks for calls to sign. It can sign nothing."""

    class Scope(models.TextChoices):
        READ = "read", "read"
        ACT = "act", "read and prepare"

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    scope = models.CharField(max_length=4, choices=Scope.choices)
    start = models.CharField(max_length=12, help_text="the key's first characters, to tell keys apart")
    digest = models.CharField(max_length=64, unique=True, help_text="sha256 of the key; the key is not kept")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, help_text="to the minute; none where never used")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.start}… of {self.owner}"
