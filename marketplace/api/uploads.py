"""Uploads and their publication."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.bodies import read_body
from common.api_json import StrictJSONParser
from common.errors import InvalidInput
from marketplace.api.requests import WalletView, cursor_of, path_number, user_of
from marketplace.api.shapes import page_json, publication_json, upload_json, upload_with_profile_json
from marketplace.errors import UploadTooLarge
from marketplace.rules.terms import PublicationTerms
from marketplace.selectors.uploads import drafts_of, find_upload, uploads_of
from marketplace.services.publication import prepare_publication
from marketplace.services.uploads import take_upload

# What the multipart form may add to the file itself.
FORM_BYTES = 64 * 1024


class ByteLimitHandler(FileUploadHandler):
    """Cuts an upload off at the limit, whatever length its sender announced."""

    def __init__(self, limit_bytes: int, request: Any = None) -> None:
        super().__init__(request)
        self._left = limit_bytes

    @property
    def has_cut(self) -> bool:
        """Whether the sender went over the limit."""
        return self._left < 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._left -= len(raw_data)
        if self._left < 0:
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class UploadsView(WalletView):
    """GET: one's own uploads. POST: a CSV file in the part `file`."""

    parser_classes = [MultiPartParser]

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        # Before anything reads the body: the CSRF check does.
        self._limit = ByteLimitHandler(settings.UPLOAD_MAX_BYTES, request)
        request.upload_handlers = [self._limit, TemporaryFileUploadHandler(request)]
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > settings.UPLOAD_MAX_BYTES + FORM_BYTES:
            raise UploadTooLarge(limit_bytes=settings.UPLOAD_MAX_BYTES)
        super().initial(request, *args, **kwargs)

    def get(self, request: Request) -> Response:
        return Response(page_json(uploads_of(user_of(request), cursor_of(request)), upload_json))

    def post(self, request: Request) -> Response:
        files = request.FILES.getlist("file")
        if self._limit.has_cut:
            raise UploadTooLarge(limit_bytes=settings.UPLOAD_MAX_BYTES)
        sent = files[0] if len(files) == 1 else None
        if not isinstance(sent, UploadedFile) or sent.file is None:
            raise InvalidInput("send one file in the part named file", field="file")
        upload, is_new = take_upload(
            owner=user_of(request), file=sent.file, file_name=sent.name or "", size_bytes=sent.size or 0
        )
        shape = upload_with_profile_json(upload, drafts_of(upload))
        return Response(shape, status=201 if is_new else 200)


class UploadView(WalletView):
    """GET: one upload of one's own."""

    def get(self, request: Request, upload_id: str) -> Response:
        upload = find_upload(user_of(request), path_number(upload_id, "upload"))
        return Response(upload_with_profile_json(upload, drafts_of(upload)))


class PublicationView(WalletView):
    """POST: description and terms; pins the metadata and answers with the transaction that mints."""

    parser_classes = [StrictJSONParser]

    def post(self, request: Request, upload_id: str) -> Response:
        owner = user_of(request)
        upload = find_upload(owner, path_number(upload_id, "upload"))
        terms = read_body(PublicationTerms, request.data)
        publication = prepare_publication(owner=owner, upload=upload, terms=terms)
        return Response(publication_json(publication), status=201)
