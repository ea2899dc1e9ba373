"""Bodies that no pydantic model of a handler tells of."""

from common.api_types import Json
from marketplace.rules.disclosure import Shown
from marketplace.services.upload_sessions import CHUNK_BYTES

_UPLOAD: Json = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
        "visibility": {"type": "string", "enum": ["public", "private"]},
        "shown": {"type": "array", "items": {"type": "string", "enum": [str(each) for each in Shown]}},
    },
}
FORMS: dict[str, Json] = {
    "POST uploads": {"multipart/form-data": {"schema": _UPLOAD}},
    "PUT uploads/sessions/{session_id}/chunks/{number}": {
        "application/octet-stream": {"schema": {"type": "string", "maxLength": CHUNK_BYTES}}
    },
    "POST specs": {
        "application/json": {"schema": {"type": "object", "description": "As `GET specs/schema` says."}}
    },
}
