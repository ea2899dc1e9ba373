"""API keys over the API: only a wallet that signed in itself makes, sees and revokes them."""

from typing import Literal

from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.answers import KeyAnswer, NewKeyAnswer
from accounts.authentication import BrowserSession, WalletRequired
from accounts.bodies import Body, read_body
from accounts.keys import create_key, keys_of, revoke_key
from accounts.models import ApiKey
from common.api_types import PageOf
from common.paging import read_cursor, take_page


class KeyBody(Body):
    """What the key is for, and how much it may do."""

    name: str = Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")
    scope: Literal["read", "act"] = "read"


@method_decorator(never_cache, name="dispatch")
class KeysView(APIView):
    """GET: the wallet's open keys, newest first. POST: a new key, told in this answer and never again."""

    authentication_classes = [BrowserSession]
    permission_classes = [WalletRequired]

    def get(self, request: Request) -> Response:
        cursor = read_cursor(request.query_params.get("cursor"), request.query_params.get("limit"))
        page = take_page(keys_of(request.user), "pk", cursor)
        answer: PageOf[KeyAnswer] = {
            "results": [key_json(row) for row in page.items],
            "next": page.next_cursor,
        }
        return Response(answer)

    def post(self, request: Request) -> Response:
        body = read_body(KeyBody, request.data)
        row, key = create_key(owner=request.user, name=body.name, scope=body.scope)
        answer: NewKeyAnswer = {**key_json(row), "key": key}
        return Response(answer, status=201)


class KeyView(APIView):
    """DELETE: revokes a key at once."""

    authentication_classes = [BrowserSession]
    permission_classes = [WalletRequired]

    def delete(self, request: Request, key_id: int) -> Response:
        revoke_key(owner=request.user, key_id=key_id, now=timezone.now())
        return Response(status=204)


def key_json(row: ApiKey) -> KeyAnswer:
    """A key without the key."""
    return {
        "id": str(row.pk),
        "name": row.name,
        "scope": row.scope,
        "start": row.start,
        "created_at": row.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "last_used_at": None if row.last_used_at is None else row.last_used_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
