"""Cursor pages in the API's one form: {"results": [...], "next": cursor or null}."""

from urllib.parse import parse_qs, urlsplit

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response

PAGE_SIZE = 20
MAX_PAGE_SIZE = 100


class CursorPage(CursorPagination):
    """Pages that stay right while rows are added; a subclass states an ordering that an index serves."""

    page_size = PAGE_SIZE
    max_page_size = MAX_PAGE_SIZE
    page_size_query_param = "limit"

    def get_paginated_response(self, results: list) -> Response:
        link = self.get_next_link()
        cursor = parse_qs(urlsplit(link).query).get(self.cursor_query_param, [None])[0] if link else None
        return Response({"results": results, "next": cursor})
