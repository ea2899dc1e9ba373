"""Cursor pages in the API's one form: {"results": [...], "next": cursor or null}."""

from urllib.parse import parse_qs, urlsplit

from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.bodies import read_units
from common.errors import InvalidInput

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100


class CursorPage(CursorPagination):
    """Pages that stay right while rows are added; a subclass states an ordering that an index serves.

    The first field of the ordering is a whole number: only such a position is a cursor of ours.
    """

    page_size = PAGE_SIZE
    max_page_size = MAX_PAGE_SIZE
    page_size_query_param = "limit"

    def decode_cursor(self, request: Request) -> Cursor | None:
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            try:
                read_units(cursor.position)
            except ValueError as error:
                raise InvalidInput("cursor is not one that this site gave", field="cursor") from error
        return cursor

    def get_paginated_response(self, results: list) -> Response:
        link = self.get_next_link()
        cursor = parse_qs(urlsplit(link).query).get(self.cursor_query_param, [None])[0] if link else None
        return Response({"results": results, "next": cursor})
