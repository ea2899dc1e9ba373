"""The release service: the one process that can open private files, and all that it answers."""

from collections.abc import Iterator
from typing import Any

from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.debug import sensitive_variables
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from chain.accounts import checksum
from chain.errors import InvalidArguments
from common.api_errors import body
from common.errors import QommonsError
from common.http_range import asked_range, content_range
from common.http_status import status_of
from common.http_stream import mark_range, regrouped, stream
from marketplace.errors import NotReleased
from marketplace.models import ReleaseEntry, ReleaseGrant, SubjectKind
from marketplace.release.files import format_of, header_for, open_sealed
from marketplace.release.grants import find_grant, header_of, right_of
from marketplace.release.log import note
from marketplace.release.rights import (
    ExecutorRight,
    PredictRight,
    ReleaseRight,
    ResultVerifierRight,
    VerifierRight,
    check_right,
    registered_recipient,
)
from marketplace.release.subjects import AGE_ENDING, Subject, dataset_file, result_file
from marketplace.rules.formats import MEDIA_TYPES
from storage.age.files import RewrappedFile, SealedFile

AGE_TYPE = "application/age"
MODEL_TYPE = "application/octet-stream"
PIECE_BYTES = 1 << 20
"""The chain is asked before each piece: this much goes out at most after a right has ended."""


class WatchedPieces(Iterator[bytes]):
    """The pieces as long as the chain confirms the right; how it ended goes into the log, once."""

    def __init__(
        self, pieces: Iterator[bytes], right: ReleaseRight[Any], subject: Subject, entry: ReleaseEntry
    ) -> None:
        self._pieces, self._right, self._subject = pieces, right, subject
        self._entry: ReleaseEntry | None = entry
        self._given = 0

    def __next__(self) -> bytes:
        try:
            piece = next(self._pieces)
            check_right(self._right, self._subject)
        except StopIteration:
            self._end("complete")
            raise
        except NotReleased:
            self._end("right ended")
            raise
        self._given += len(piece)
        return piece

    def close(self) -> None:
        self._end("broken off")

    def _end(self, outcome: str) -> None:
        entry, self._entry = self._entry, None
        if entry is None:
            return
        note("ended", release=entry.number, bytes=self._given, outcome=outcome)
        # The parts of an answer may be made in any thread, which would keep its connection for ever.
        close_old_connections()


class ReleaseThrottle(AnonRateThrottle):
    """Headers cost a key operation and an entry in the log; an executor needs one a try."""

    rate = "240/min"


class HeaderView(APIView):
    """No role opens anything here: the chain says for whom a header is, and nobody else can use it."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    throttle_classes = [ReleaseThrottle]


class GrantedFileView(View):
    """GET and HEAD of a grant's file: sealed to the bearer's recipient, or opened; with ranges."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            return _granted_file(request, token)
        except QommonsError as error:
            refused = JsonResponse(body(error.code, error.message), status=status_of(error))
            # The framework would log the path of a refusal, and this path is a secret.
            refused._has_been_logged = True  # type: ignore[attr-defined]
            return refused


class ExecutorHeaderView(HeaderView):
    """GET: the header of a task's dataset, for whom the claim belongs to."""

    def get(self, request: Request, **asked: Any) -> HttpResponseBase:
        executor = _address(asked["executor"])
        right = ExecutorRight(asked["job_id"], asked["task"], executor)
        return _header(right, executor, dataset_file(asked["token_id"], asked["version"]))


class VerifierHeaderView(HeaderView):
    """GET: the header of a disputed job's dataset, for a verifier that is assigned to the dispute."""

    def get(self, request: Request, **asked: Any) -> HttpResponseBase:
        verifier = _address(asked["verifier"])
        right = VerifierRight(asked["job_id"], verifier)
        return _header(right, verifier, dataset_file(asked["token_id"], asked["version"]))


class ResultHeaderView(HeaderView):
    """GET: the header of a disputed result's sealed file, for a verifier that is assigned to the dispute."""

    def get(self, request: Request, **asked: Any) -> HttpResponseBase:
        verifier = _address(asked["verifier"])
        subject = result_file(asked["job_id"], asked["task"], asked["name"])
        return _header(ResultVerifierRight(verifier), verifier, subject)


class GrantedHeaderView(HeaderView):
    """GET: the header of a grant's file for the recipient that the grant names."""

    @method_decorator(sensitive_variables())
    def get(self, request: Request, token: str) -> HttpResponseBase:
        grant = find_grant(token)
        right, subject = right_of(grant)
        check_right(right, subject)
        if not grant.recipient:
            raise NotReleased
        header = header_of(grant)
        _note_release(right, subject, grant.recipient)
        return _private(HttpResponse(header, content_type=AGE_TYPE))


@sensitive_variables()
def _granted_file(request: HttpRequest, token: str) -> HttpResponseBase:
    grant = find_grant(token)
    right, subject = right_of(grant)
    check_right(right, subject)
    if isinstance(right, PredictRight):
        raise NotReleased
    sealed = open_sealed(grant.cid)
    file: SealedFile | RewrappedFile = sealed.behind(header_of(grant)) if grant.recipient else sealed
    size = sealed.plain_size if isinstance(file, SealedFile) else file.size
    etag = f'"{grant.pk}"'
    part = None
    if request.headers.get("If-Range", etag) == etag:
        part = asked_range(request.headers.get("Range", ""), size)
    if part is not None and not part:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = content_range(part, size)
        return refused
    wanted = range(size) if part is None else part
    kind, name = _kind_and_name(grant)
    if request.method == "HEAD":
        pieces: Iterator[bytes] = iter(())
    else:
        entry = _note_release(right, subject, grant.recipient, first=wanted.start, last=wanted.stop)
        parts = file.read(offset=wanted.start, length=len(wanted))
        pieces = WatchedPieces(regrouped(parts, PIECE_BYTES), right, subject, entry)
    response = stream(request, pieces, kind)
    mark_range(response, part, size)
    response["ETag"] = etag
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return _private(response)


def _kind_and_name(grant: ReleaseGrant) -> tuple[str, str]:
    """The media type and the name under which a browser keeps the file."""
    if grant.subject_kind == SubjectKind.MODEL:
        kind, name = MODEL_TYPE, grant.file_name
    else:
        inside = format_of(grant.cid)
        kind, name = MEDIA_TYPES[inside], f"dataset-{grant.token_id}-version-{grant.version}.{inside}"
    return (AGE_TYPE, name + AGE_ENDING) if grant.recipient else (kind, name)


@sensitive_variables()
def _header(right: ReleaseRight[Any], receiver: str, subject: Subject) -> HttpResponseBase:
    check_right(right, subject)
    recipient = registered_recipient(receiver)
    header = header_for(subject.cid, recipient)
    _note_release(right, subject, str(recipient))
    return _private(HttpResponse(header, content_type=AGE_TYPE))


def _note_release(right: ReleaseRight[Any], subject: Subject, recipient: str, **more: int) -> ReleaseEntry:
    facts = {"right": type(right).__name__, **vars(right), **vars(subject), **more}
    return note("released", recipient=recipient or "opened for a browser", **facts)


def _private(response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _address(text: str) -> str:
    try:
        return checksum(text)
    except InvalidArguments as error:
        raise NotReleased from error
