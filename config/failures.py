"""The answer to a request that failed: a part that is away for a moment is named, a fault of ours is not told."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from common.api_errors import DATABASE_AWAY, RETRY_AFTER_SECONDS, body
from common.errors import RetryableError


def failed(request: HttpRequest) -> HttpResponse:
    """503 with the truth where a part is away, else 500; made without the database in either case."""
    words = _away_in_words(sys.exception())
    if words is None:
        return server_error(request)
    response: HttpResponse
    if request.path.startswith("/api/"):
        response = JsonResponse(body("unavailable", words), status=503)
    else:
        response = HttpResponse(render_to_string("503.html", {"words": words}), status=503)
    response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _away_in_words(error: BaseException | None) -> str | None:
    if isinstance(error, OperationalError | InterfaceError):
        return DATABASE_AWAY
    return error.message if isinstance(error, RetryableError) else None
