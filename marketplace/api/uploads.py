"""Uploads and their publication."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import BrowserSession
from accounts.bodies import read_body
from common.api_json import StrictJSONParser
from common.errors import InvalidInput
from marketplace.api.requests import WalletView, cursor_of, path_number, user_of
from marketplace.api.shapes import page_json, publication_json, upload_json, upload_with_profile_json
from marketplace.api.upload_bytes import NamelessFileHandler
from marketplace.errors import UploadTooLarge
from marketplace.rules.disclosure import ERASURE_LEAVES, ERASURE_UNDOES, Shown
from marketplace.rules.terms import PublicationTerms, VersionTerms
from marketplace.selectors.uploads import drafts_of, find_upload, uploads_of
from marketplace.services.publication import prepare_publication
from marketplace.services.uploads import BroughtFile, erase_upload, take_private_upload, take_upload
from marketplace.services.versions import prepare_version

# What the multipart form may add to the file itself.
FORM_BYTES = 64 * 1024


class UploadsView(WalletView):
    """GET: one's own uploads. POST: a table in the part `file`.

    With `visibility=private` it is sealed before it is kept; each `shown` names a part of the profile that
    may be seen.
    """

    parser_classes = [MultiPartParser]

    def initialize_request(self, request: Any, *args: Any, **kwargs: Any) -> Request:
        # Before anything reads the body: the CSRF check does.
        self._limit = NamelessFileHandler(settings.UPLOAD_MAX_BYTES, request)
        request.upload_handlers = [self._limit]
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > settings.UPLOAD_MAX_BYTES + FORM_BYTES:
            raise UploadTooLarge(limit_bytes=settings.UPLOAD_MAX_BYTES)
        super().initial(request, *args, **kwargs)

    def get(self, request: Request) -> Response:
        return Response(page_json(uploads_of(user_of(request), cursor_of(request)), upload_json))

    @method_decorator(sensitive_variables())
    def post(self, request: Request) -> Response:
        files = request.FILES.getlist("file")
        if self._limit.has_cut:
            raise UploadTooLarge(limit_bytes=settings.UPLOAD_MAX_BYTES)
        sent = files[0] if len(files) == 1 else None
        if not isinstance(sent, UploadedFile) or sent.file is None:
            raise InvalidInput("send one file in the part named file", field="file")
        file = BroughtFile(sent.file, sent.name or "", sent.size or 0)
        shown = shown_parts(request.data.get("visibility", "public"), request.data.getlist("shown"))
        if shown is not None:
            is_new = True
            upload = take_private_upload(owner=user_of(request), file=file, shown=shown)
        else:
            upload, is_new = take_upload(owner=user_of(request), file=file)
        shape = upload_with_profile_json(upload, drafts_of(upload))
        return Response(shape, status=201 if is_new else 200)


class ErasureView(WalletView):
    """POST: destroys the key of a private upload of one's own, for good; never asked by an API key."""

    authentication_classes = [BrowserSession]

    def post(self, request: Request, upload_id: str) -> Response:
        upload = find_upload(user_of(request), path_number(upload_id, "upload"))
        erased = erase_upload(upload)
        return Response({**upload_json(erased), "undone": ERASURE_UNDOES, "not_undone": ERASURE_LEAVES})


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


class NextVersionView(WalletView):
    """POST: of which dataset the upload is the next version; pins it and answers with the transaction."""

    parser_classes = [StrictJSONParser]

    def post(self, request: Request, upload_id: str) -> Response:
        owner = user_of(request)
        upload = find_upload(owner, path_number(upload_id, "upload"))
        prepared = prepare_version(owner=owner, upload=upload, terms=read_body(VersionTerms, request.data))
        return Response({**publication_json(prepared), "number": prepared.number}, status=201)


def shown_parts(visibility: str, words: list[str]) -> set[Shown] | None:
    """Which parts of a private profile may be seen; None where the data is public."""
    if visibility not in {"public", "private"}:
        raise InvalidInput("visibility is public or private", field="visibility")
    try:
        shown = {Shown(word) for word in words}
    except ValueError:
        choices = ", ".join(Shown)
        raise InvalidInput(f"what may be shown is any of {choices}", field="shown") from None
    return shown if visibility == "private" else None
