"""What every endpoint of the market reads from a request."""

from collections.abc import Callable

from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.authentication import WalletRequired, WalletSession
from accounts.bodies import read_address
from accounts.models import User
from common.errors import InvalidInput, NotFound, SignInRequired
from common.paging import Cursor, read_cursor, read_key


class PublicView(APIView):
    """Anyone reads; writing needs a wallet."""

    authentication_classes = [WalletSession]
    permission_classes = [IsAuthenticatedOrReadOnly]


class WalletView(APIView):
    """A signed-in wallet only."""

    authentication_classes = [WalletSession]
    permission_classes = [WalletRequired]


def user_of(request: Request) -> User:
    """The signed-in user."""
    if not isinstance(request.user, User):
        raise SignInRequired("sign in with a wallet first")
    return request.user


def cursor_of(request: Request, read: Callable[[str, str], int | str] = read_key) -> Cursor:
    """`?cursor=&limit=`, the cursor's key read by `read(text, field)`."""
    return read_cursor(request.query_params.get("cursor"), request.query_params.get("limit"), read)


def path_number(text: str, what: str) -> int:
    """A number in the path; anything else names nothing that exists."""
    try:
        return read_key(text, "id")
    except InvalidInput as error:
        raise NotFound(f"there is no {what} {text[:20]}") from error


def query_number(request: Request, name: str) -> int | None:
    """A number in the query string, or None where it is absent."""
    text = request.query_params.get(name)
    return read_key(text, name) if text else None


def query_address(request: Request, name: str) -> str:
    """An address in the query string in checksum case, or an empty text where it is absent."""
    text = request.query_params.get(name)
    return address(text, name) if text else ""


def address(text: str, field: str) -> str:
    """An address in checksum case; raises InvalidInput."""
    try:
        return read_address(text)
    except ValueError as error:
        raise InvalidInput(str(error), field=field) from error
