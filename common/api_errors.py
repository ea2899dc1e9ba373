"""Every API error in one form: {"error": {"code", "message", "field"}}."""

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from common.errors import InvalidInput, QommonsError, RetryableError
from common.http_status import status_of

RETRY_AFTER_SECONDS = "5"
NOTHING_HERE = "There is no such thing here."
DATABASE_AWAY = "The site's database is away for a moment. Nothing was lost: try again."


def handle(error: Exception, context: dict) -> Response | None:
    """REST framework's exception handler; None lets a bug become a 500."""
    if isinstance(error, QommonsError):
        field = error.field if isinstance(error, InvalidInput) else None
        response = Response(body(error.code, error.message, field), status=status_of(error))
        if isinstance(error, RetryableError):
            response["Retry-After"] = RETRY_AFTER_SECONDS
        return response
    if isinstance(error, OperationalError | InterfaceError):
        response = Response(body("unavailable", DATABASE_AWAY), status=503)
        response["Retry-After"] = RETRY_AFTER_SECONDS
        return response
    response = exception_handler(error, context)
    if response is not None:
        response.data = _from_framework(error)
    return response


def body(code: str, message: str, field: str | None = None) -> dict[str, dict[str, str | None]]:
    """The one form of an error."""
    return {"error": {"code": code, "message": message, "field": field}}


def _from_framework(error: Exception) -> dict[str, dict[str, str | None]]:
    if isinstance(error, Http404):
        return body("not_found", NOTHING_HERE)
    if isinstance(error, PermissionDenied):
        return body("not_allowed", "You may not do this.")
    if isinstance(error, exceptions.ValidationError):
        field, message = _first_complaint(error.detail)
        return body("invalid_input", message, field)
    if isinstance(error, exceptions.APIException):
        return body(str(error.default_code), str(error.detail))
    return body("error", "The request could not be served.")


def _first_complaint(detail: object, field: str | None = None) -> tuple[str | None, str]:
    """The first field and message of REST framework's nested complaints."""
    if isinstance(detail, dict) and detail:
        name, inner = next(iter(detail.items()))
        return _first_complaint(inner, name if field is None else f"{field}.{name}")
    if isinstance(detail, list) and detail:
        return _first_complaint(detail[0], field)
    return field, str(detail)
