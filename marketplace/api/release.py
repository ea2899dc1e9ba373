"""Download grants of private data."""

from typing import Annotated

from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import BrowserSession
from accounts.bodies import Body, read_body
from marketplace.api.answers import GrantAnswer
from marketplace.api.requests import WalletView, path_number, user_of
from marketplace.api.shapes import time_text
from marketplace.release.grants import Granted, grant_download
from marketplace.rules.disclosure import RELEASE_WARNING
from storage.age.keys import Recipient


class GrantTerms(Body):
    """For whom the file is sealed; nobody named: it is opened on the way out."""

    recipient: Annotated[str, Field(max_length=4096)] | None = None

    @property
    def age_recipient(self) -> Recipient | None:
        """The recipient; raises InvalidInput where it is none, or none that is safe."""
        return Recipient.parse(self.recipient) if self.recipient else None


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
            recipient=terms.age_recipient,
        )
        return Response(grant_json(granted), status=201)


def grant_json(granted: Granted) -> GrantAnswer:
    """The link, and what is known of it."""
    return {
        "url": granted.url,
        "expires_at": time_text(granted.grant.expires_at),
        "cid": granted.grant.cid,
        "form": "sealed" if granted.grant.recipient else "opened",
        "note": RELEASE_WARNING,
    }
