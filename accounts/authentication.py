"""How the API knows a wallet: Django's session, with CSRF enforced."""

from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request


class WalletSession(SessionAuthentication):
    """The session's user; a visitor who must sign in gets 401."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class CsrfForVisitors(WalletSession):
    """Enforces CSRF on visitors too: for sign-in, where the session is at stake before there is a user."""

    def authenticate(self, request: Request):
        found = super().authenticate(request)
        if found is None:
            self.enforce_csrf(request)
        return found


class WalletRequired(IsAuthenticated):
    """Reads and writes need a signed-in wallet."""

    message = "Sign in with a wallet first."
