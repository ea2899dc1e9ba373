"""Django's door to wallet sign-in."""

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.services import prove_wallet


class WalletBackend(BaseBackend):
    """Authenticates by a signed EIP-4361 message; permissions come from Django's own backend."""

    def authenticate(
        self,
        request: HttpRequest | None,
        siwe_message: str | None = None,
        siwe_signature: str | None = None,
        **credentials: object,
    ) -> User | None:
        """The wallet's user; raises the error of the rule that message or signature breaks.

        Answers None where other credentials are given, so that passwords go on to the next backend.
        """
        if request is None or siwe_message is None or siwe_signature is None:
            return None
        return prove_wallet(
            text=siwe_message,
            signature=siwe_signature,
            session_key=request.session.session_key or "",
            now=timezone.now(),
        )

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
