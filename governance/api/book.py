"""The rules that members have set, and the guardian's pause, over the API."""

from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import WalletSession
from accounts.bodies import Body, read_body
from governance.api.answers import ParametersAnswer
from governance.api.documents import iso_time
from governance.selectors.parameters import ParametersView, view_parameters
from governance.services.pausing import LONGEST_PAUSE_SECONDS, prepare_pause
from storage.cid import Cid


class PauseBody(Body):
    """For how long, in seconds."""

    seconds: int = Field(ge=1, le=LONGEST_PAUSE_SECONDS)


class ParametersPage(APIView):
    """GET: every number, list and document in force, and the guardian with its pause."""

    authentication_classes = [WalletSession]

    def get(self, request: Request) -> Response:
        return Response(parameters_json(view_parameters()))


class PausesView(APIView):
    """POST: prepares the guardian's one pause."""

    authentication_classes = [WalletSession]

    def post(self, request: Request) -> Response:
        body = read_body(PauseBody, request.data)
        prepared = prepare_pause(seconds=body.seconds, sender=request.user.address)
        return Response({"transaction": prepared.as_json()})


def parameters_json(view: ParametersView) -> ParametersAnswer:
    """Everything that members have set; there is a small number of each."""
    guardian, pause = view.guardian, view.pause
    return {
        "values": [
            {"key": row.key, "value": str(row.value), "set_at": iso_time(row.set_at)} for row in view.values
        ],
        "allowed": [
            {"kind": row.kind, "item": row.item, "set_at": iso_time(row.set_at)} for row in view.allowances
        ],
        "documents": [
            {
                "kind": row.kind,
                "digest": row.digest,
                "cid": str(Cid.from_digest(row.digest)),
                "set_at": iso_time(row.set_at),
            }
            for row in view.documents
            if row.digest is not None
        ],
        "guardian": None if guardian is None else guardian.address,
        "pause_is_armed": guardian is not None and guardian.is_armed,
        "paused_until": None if pause is None else iso_time(pause.until),
    }
