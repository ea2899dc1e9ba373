"""Download grants of private data."""

from typing import Annotated

from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import BrowserSession
from accounts.bodies import Body, read_body
from marketplace.api.requests import WalletView, path_number, user_of
from marketplace.api.shapes import time_text
from marketplace.release.grants import grant_download
from marketplace.rules.disclosure import RELEASE_WARNING
from storage.age.keys import Recipient


class GrantTerms(Body):
    """For whom the file is sealed; nobody named: it is opened on the way out."""

    recipient: Annotated[str, Field(max_length=4096)] | None = None


class GrantsView(WalletView):
    """POST: a link for the holder of a download pass, good for some minutes and for this file alone.

    Only the wallet itself asks: an API key opens no private data.
    """

    authentication_classes = [BrowserSession]

    @method_decorator(sensitive_variables())
    def post(self, request: Request, token_id: str, number: str) -> Response:
        terms = read_body(GrantTerms, request.data)
        granted = grant_download(
            wallet=user_of(request).address,
            token_id=path_number(token_id, "dataset"),
            version=path_number(number, "version"),
            recipient=Recipient.parse(terms.recipient) if terms.recipient else None,
        )
        document = {
            "url": granted.url,
            "expires_at": time_text(granted.grant.expires_at),
            "cid": granted.grant.cid,
            "form": "sealed" if terms.recipient else "opened",
            "note": RELEASE_WARNING,
        }
        return Response(document, status=201)
