"""REST framework's JSON parser behind the strict decoder."""

from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from common.strict_json import NotJson, strict_loads


class StrictJSONParser(JSONParser):
    """Reads the body of an API request; a body that is not honest JSON is a 400 in words."""

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return strict_loads(stream.read())
        except NotJson as error:
            raise ParseError(f"The body is not JSON that we read: {error}") from error
