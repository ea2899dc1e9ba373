"""Grants of a model's sealed files over the API."""

from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import BrowserSession
from accounts.bodies import read_body
from marketplace.api.release import GrantTerms, grant_json
from marketplace.api.requests import WalletView, user_of
from marketplace.release.grants import grant_model_file


class ModelFileGrantsView(WalletView):
    """POST: a link to a sealed file of the model for whoever holds its token, good for some minutes.

    Only the wallet itself asks: an API key opens no sealed file.
    """

    authentication_classes = [BrowserSession]

    @method_decorator(sensitive_variables())
    def post(self, request: Request, token_id: int, name: str) -> Response:
        granted = grant_model_file(
            wallet=user_of(request).address,
            token_id=token_id,
            name=name,
            recipient=read_body(GrantTerms, request.data).age_recipient,
        )
        return Response(grant_json(granted), status=201)
