"""What happens to a job: a page of its worker's steps, or everything as a stream of server-sent events."""

from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from rest_framework.exceptions import Throttled
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import WalletSession
from common.errors import InvalidInput
from common.event_stream import CONTENT_TYPE, Seats, Stream, hand_over
from common.throttles import client_address
from governance.api.parameters import given_number
from qjobs.api.documents import progress_json
from qjobs.api.live import job_stream
from qjobs.selectors.jobs import find_job
from qjobs.selectors.news import read_place
from qjobs.selectors.progress import progress_after

SEATS = Seats()
COME_BACK_SECONDS = 10


class EventStreamRenderer(JSONRenderer):
    """Lets a reader ask for the stream; a refusal is JSON all the same."""

    media_type = CONTENT_TYPE
    format = "events"
    charset = None


class JobEventsView(APIView):
    """GET: progress after `after`; with `Accept: text/event-stream` everything, as it happens.

    A stream resumes after `Last-Event-ID`, or after `after` where that header is not given.
    """

    authentication_classes = [WalletSession]
    renderer_classes = [JSONRenderer, EventStreamRenderer]

    def get(self, request: Request, job_id: int) -> HttpResponseBase:
        find_job(job_id)
        if request.accepted_renderer.media_type == CONTENT_TYPE:
            return self._stream(request, job_id)
        after = given_number(request, "after") or 0
        if after > 2**31 - 1:
            raise InvalidInput("after is the last sequence number that you saw", field="after")
        return Response(progress_json(progress_after(job_id, after)))

    def handle_exception(self, exc: Exception) -> Response:
        self.request.accepted_renderer = JSONRenderer()
        return super().handle_exception(exc)

    def _stream(self, request: Request, job_id: int) -> HttpResponseBase:
        who, limit = client_address(request._request), settings.STREAMS_AN_ADDRESS
        place = read_place(request.headers.get("Last-Event-ID") or request.query_params.get("after", ""))
        if not SEATS.take(who, limit):
            raise Throttled(
                COME_BACK_SECONDS,
                f"This address has {limit} event streams open, which is the most. Close one, or poll.",
            )
        return hand_over(request._request, Stream(job_stream(job_id, place), lambda: SEATS.give_back(who)))


class JobEventsPage(JobEventsView):
    """The same stream for a job's page."""

    renderer_classes = [EventStreamRenderer]

    def head(self, request: Request, **names: Any) -> HttpResponseBase:
        return self.get(request, **names)
