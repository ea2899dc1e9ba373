"""The answer to a request that failed: what is away for a moment is named, a fault of ours is not told."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import bad_request, page_not_found, server_error

from common.api_errors import DATABASE_AWAY, NOTHING_HERE, RETRY_AFTER_SECONDS, body
from common.errors import RetryableError

API = "/api/"
FAULT_OF_OURS = "The site made a mistake, and noted it. What you asked for may not have been done."


def failed(request: HttpRequest) -> HttpResponse:
    """503 with the truth where a part is away, else 500; made without the database in either case."""
    words = _away_in_words(sys.exception())
    if words is None:
        if _is_for_api(request):
            return JsonResponse(body("error", FAULT_OF_OURS), status=500)
        return server_error(request)
    response: HttpResponse
    if _is_for_api(request):
        response = JsonResponse(body("unavailable", words), status=503)
    else:
        response = HttpResponse(render_to_string("503.html", {"words": words}), status=503)
    response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 for an address that there is not, in the form of whoever asks."""
    if _is_for_api(request):
        return JsonResponse(body("not_found", NOTHING_HERE), status=404)
    return page_not_found(request, exception)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for a request that no view of ours was asked about: too many fields, a header that lies."""
    if _is_for_api(request):
        return JsonResponse(body("bad_request", "The request is malformed."), status=400)
    return bad_request(request, exception)


def _is_for_api(request: HttpRequest) -> bool:
    return request.path.startswith(API)


def _away_in_words(error: BaseException | None) -> str | None:
    if isinstance(error, OperationalError | InterfaceError):
        return DATABASE_AWAY
    return error.message if isinstance(error, RetryableError) else None
