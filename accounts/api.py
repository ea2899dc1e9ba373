"""Sign-in over the API."""

from django.contrib.auth import authenticate, login, logout
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.answers import Caller, SignedIn, SignInOffer
from accounts.authentication import CsrfForVisitors, WalletSession
from accounts.bodies import Body, read_address, read_body
from accounts.errors import WrongSignature
from accounts.models import User
from accounts.selectors import wallet_of
from accounts.services import offer_message, site_terms
from common.api_json import StrictJSONParser
from common.caip import account_name
from common.errors import InvalidInput

VISITOR_SESSION_SECONDS = 900


class SignInBody(Body):
    """The signed text, as it was signed, and the signature."""

    message: str
    signature: str


@method_decorator([never_cache, ensure_csrf_cookie], name="dispatch")
class NonceView(APIView):
    """GET: a nonce for this session and, for `?address=`, the whole message to sign."""

    authentication_classes = [WalletSession]
    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        address = _given_address(request)
        message = offer_message(session_key=_session_key(request), address=address, now=timezone.now())
        offer: SignInOffer = {
            "nonce": message.nonce,
            "domain": message.domain,
            "uri": message.uri,
            "version": "1",
            "chain_id": str(message.chain_id),
            "statement": message.statement,
            "issued_at": message.issued_at_text,
            "expiration_time": message.expiration_time_text,
            "message": None if address is None else message.as_text(),
        }
        return Response(offer)


@method_decorator(never_cache, name="dispatch")
class SignInView(APIView):
    """POST: proves a wallet by its signed message and signs it in; the session's key changes."""

    parser_classes = [StrictJSONParser]
    authentication_classes = [CsrfForVisitors]
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        body = read_body(SignInBody, request.data)
        user = authenticate(request._request, siwe_message=body.message, siwe_signature=body.signature)
        if not isinstance(user, User):
            raise WrongSignature("the wallet could not be proven", field="signature")
        login(request._request, user, backend="accounts.backends.WalletBackend")
        request.session.set_expiry(None)
        answer: SignedIn = {"address": user.address, "is_staff": user.is_staff}
        return Response(answer)


class SignOutView(APIView):
    """POST: forgets the session, on the server too."""

    authentication_classes = [CsrfForVisitors]
    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        logout(request._request)
        return Response(status=204)


@method_decorator([never_cache, ensure_csrf_cookie], name="dispatch")
class MeView(APIView):
    """GET: the signed-in wallet, or null."""

    authentication_classes = [WalletSession]
    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        wallet, chain_id = wallet_of(request.user), site_terms().chain_id
        caller: Caller = {
            "address": wallet,
            "account_id": None if wallet is None else account_name(chain_id, wallet),
            "is_staff": bool(request.user.is_authenticated and request.user.is_staff),
            "chain_id": str(chain_id),
        }
        return Response(caller)


def _given_address(request: Request) -> str | None:
    text = request.query_params.get("address")
    if text is None:
        return None
    try:
        return read_address(text)
    except ValueError as error:
        raise InvalidInput(str(error), field="address") from error


def _session_key(request: Request) -> str:
    """The session's key; a visitor gets a short-lived session of its own."""
    session = request.session
    if session.session_key is None or not session.exists(session.session_key):
        session.create()
        session.set_expiry(VISITOR_SESSION_SECONDS)
        session.save()
    return session.session_key
