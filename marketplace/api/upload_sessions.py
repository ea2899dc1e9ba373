"""Large files in chunks: a broken line, a reload or a kill costs one chunk."""

import base64
import binascii
import re
from typing import IO, Annotated, Any
from uuid import UUID

from django.http import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables
from pydantic import Field
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.bodies import Body, read_body
from common.api_json import StrictJSONParser
from common.errors import InvalidInput
from marketplace.api.answers import SessionAnswer
from marketplace.api.requests import WalletView, cursor_of, user_of
from marketplace.api.shapes import page_json, time_text, upload_with_profile_json
from marketplace.api.uploads import shown_parts
from marketplace.errors import BeingFinished
from marketplace.models import UploadSession
from marketplace.selectors.uploads import drafts_of, find_session, sessions_of
from marketplace.services.finishing import AT_ONCE_BYTES, finish_at_once, finish_beside
from marketplace.services.upload_sessions import (
    CHUNK_BYTES,
    abandon_session,
    is_being_finished,
    open_session,
    take_chunk,
)
from marketplace.uploading.chunks import KEY_BYTES, UploadKey

RETRY_SECONDS = "2"
CONTENT_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")


class NewSession(Body):
    """What is known of a file before its first byte."""

    file_name: Annotated[str, Field(max_length=1000)]
    size_bytes: Annotated[int, Field(ge=0, le=2**53)]
    visibility: str = "public"
    shown: Annotated[list[str], Field(max_length=10)] = []


class ChunkParser(BaseParser):
    """Leaves the chunk in its stream: a request that held its bytes would keep them until the next collection
    of cycles, and many together fill the memory."""

    media_type = "application/octet-stream"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, IO[bytes]]:
        return {"chunk": stream}


class SessionsView(WalletView):
    """GET: one's own uploads that are on their way. POST: begins one, and tells its upload key, once.

    The key is the sender's alone: chunks lie sealed with it, and each further request shows it in the header
    `Upload-Key`.
    """

    parser_classes = [StrictJSONParser]

    def get(self, request: Request) -> Response:
        return Response(page_json(sessions_of(user_of(request), cursor_of(request)), session_json))

    @method_decorator(sensitive_variables())
    def post(self, request: Request) -> Response:
        asked = read_body(NewSession, request.data)
        session, key = open_session(
            owner=user_of(request),
            file_name=asked.file_name,
            size_bytes=asked.size_bytes,
            shown=shown_parts(asked.visibility, asked.shown),
        )
        return Response({**session_json(session), "upload_key": _text_of(key)}, status=201)


class SessionView(WalletView):
    """GET: which chunks are here, each with its sha256. DELETE: drops the upload."""

    def get(self, request: Request, session_id: UUID) -> Response:
        return Response(session_json(find_session(user_of(request), session_id)))

    def delete(self, request: Request, session_id: UUID) -> Response:
        abandon_session(find_session(user_of(request), session_id))
        return Response(status=204)


class ChunkView(WalletView):
    """PUT: one chunk, with `Upload-Key` and `Content-Digest: sha-256=:...:` (RFC 9530); may be repeated."""

    parser_classes = [ChunkParser]

    @method_decorator(sensitive_variables())
    def put(self, request: Request, session_id: UUID, number: int) -> HttpResponseBase:
        session = find_session(user_of(request), session_id)
        # One byte more than a chunk has tells that there are too many.
        content = request.data["chunk"].read(CHUNK_BYTES + 1) if "chunk" in request.data else b""
        chunk = take_chunk(
            session=session, key=_key_of(request), number=number, content=content, digest=_digest_of(request)
        )
        return Response({"number": chunk.number, "sha256": chunk.sha256})


class FinishView(WalletView):
    """POST: makes the upload of all chunks. May be repeated.

    A large one takes minutes: the answer is then 202 with the session. Ask for the session until it names the
    upload or a refusal; where it tells no step, its process was killed: POST again.
    """

    parser_classes = [StrictJSONParser]

    @method_decorator(sensitive_variables())
    def post(self, request: Request, session_id: UUID) -> Response:
        owner = user_of(request)
        session = find_session(owner, session_id)
        key = _key_of(request)
        try:
            if session.size_bytes > AT_ONCE_BYTES and session.upload_id is None:
                finish_beside(session=session, key=key)
                raise BeingFinished
            upload = finish_at_once(session=session, key=key)
        except BeingFinished:
            now = find_session(owner, session_id)
            # The step as stored: the thread may have begun, and hold no lock by which to tell it yet.
            answer = {**session_json(now), "step": now.step}
            return Response(answer, status=202, headers={"Retry-After": RETRY_SECONDS})
        return Response(upload_with_profile_json(upload, drafts_of(upload)), status=201)


def session_json(session: UploadSession) -> SessionAnswer:
    """A session without its key."""
    return {
        "id": str(session.pk),
        "file_name": session.file_name,
        "size": str(session.size_bytes),
        "is_private": session.is_private,
        "chunk_bytes": session.chunk_bytes,
        "chunk_count": session.chunk_count,
        "received": [{"number": chunk.number, "sha256": chunk.sha256} for chunk in session.chunks.all()],
        "step": session.step if is_being_finished(session) else "",
        "refusal": session.refusal,
        "upload_id": None if session.upload_id is None else str(session.upload_id),
        "created_at": time_text(session.created_at),
    }


def _text_of(key: UploadKey) -> str:
    return base64.urlsafe_b64encode(key.secret).decode()


def _key_of(request: Request) -> UploadKey:
    try:
        secret = base64.b64decode(request.headers.get("Upload-Key", ""), altchars="-_", validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != KEY_BYTES:
        raise InvalidInput("the header Upload-Key must hold the key of this upload", field="Upload-Key")
    return UploadKey(secret)


def _digest_of(request: Request) -> str:
    found = CONTENT_DIGEST.fullmatch(request.headers.get("Content-Digest", ""))
    if found is None:
        raise InvalidInput("the header Content-Digest must be sha-256=:<base64>:", field="Content-Digest")
    return base64.b64decode(found[1]).hex()
