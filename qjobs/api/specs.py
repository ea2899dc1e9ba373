"""Job specs over the API."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import WalletSession
from common.errors import InvalidInput
from qjobs.api.documents import spec_json
from qjobs.selectors.specs import find_spec
from qjobs.services.specs import pin_spec
from qjobs.spec import json_schema


class SpecsView(APIView):
    """POST: checks and pins a spec."""

    authentication_classes = [WalletSession]

    def post(self, request: Request) -> Response:
        if not isinstance(request.data, dict):
            raise InvalidInput("a spec is a JSON object")
        document = pin_spec(author=request.user.address, fields=dict(request.data))
        return Response(spec_json(document))


class SpecSchemaView(APIView):
    """GET: the JSON Schema of a spec."""

    authentication_classes = [WalletSession]

    def get(self, request: Request) -> Response:
        return Response(json_schema())


class SpecView(APIView):
    """GET: a pinned spec with its estimate and preview."""

    authentication_classes = [WalletSession]

    def get(self, request: Request, digest: str) -> Response:
        return Response(spec_json(find_spec(digest)))
