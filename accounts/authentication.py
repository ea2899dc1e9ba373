"""How the API knows a wallet: Django's session with CSRF enforced, or an API key of the wallet."""

from django.utils import timezone
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request

from accounts.keys import find_key
from accounts.models import ApiKey

_BEARER = "Bearer "


class BrowserSession(SessionAuthentication):
    """The session's user, never a key's; a visitor who must sign in gets 401."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class WalletSession(BrowserSession):
    """The session's user, or the wallet of the API key in `Authorization: Bearer qk_...`.

    A key is refused outright where it is wrong, and a key that reads where it would do more: it never falls
    back on the session. CSRF is a matter of cookies alone.
    """

    def authenticate(self, request: Request):
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header.startswith(_BEARER):
            return super().authenticate(request)
        key = find_key(header.removeprefix(_BEARER).strip(), now=timezone.now())
        if key is None:
            raise AuthenticationFailed("The API key is not known, or was revoked.")
        if key.scope == ApiKey.Scope.READ and request.method not in SAFE_METHODS:
            raise PermissionDenied("This API key may read only.")
        return key.owner, key


class CsrfForVisitors(BrowserSession):
    """Enforces CSRF on visitors too: for sign-in, where the session is at stake before there is a user."""

    def authenticate(self, request: Request):
        found = super().authenticate(request)
        if found is None:
            self.enforce_csrf(request)
        return found


class WalletRequired(IsAuthenticated):
    """Reads and writes need a signed-in wallet."""

    message = "Sign in with a wallet first."
