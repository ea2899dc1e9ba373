"""Public bytes at /ipfs/<cid>, in the trustless gateway's forms: anybody can check them."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views import View

from common.api_errors import body
from common.errors import QommonsError
from common.http_range import asked_range, content_range
from common.http_status import status_of
from common.http_stream import mark_range, stream
from marketplace.selectors.content import public_store
from storage.cid import Cid
from storage.errors import InvalidCid, UnsupportedCid
from storage.protocol import ContentStore

RAW_TYPE = "application/vnd.ipld.raw"
CAR_TYPE = "application/vnd.ipld.car; version=1; order=dfs; dups=n"
FILE_TYPE = "application/octet-stream"
FORMATS = {"raw": RAW_TYPE, "car": CAR_TYPE, "": FILE_TYPE}
FOR_EVER = "public, max-age=31536000, immutable"


class IpfsView(View):
    """GET and HEAD of a CID: one block (`?format=raw`), a whole tree (`?format=car`), or the file's bytes."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, cid: str) -> HttpResponseBase:
        try:
            parsed = Cid.parse(cid)
        except (InvalidCid, UnsupportedCid) as error:
            return JsonResponse(body(error.code, error.message, "cid"), status=400)
        kind = _wanted_format(request)
        if kind is None:
            return JsonResponse(body("unknown_format", "format can be raw, car, or left out"), status=406)
        try:
            store = public_store(parsed)
            etag = f'"{parsed}{"." + kind if kind else ""}"'
            if etag in request.headers.get("If-None-Match", ""):
                response: HttpResponseBase = HttpResponse(status=304)
            else:
                response = self._answer(request, store, parsed, kind, etag)
        except QommonsError as error:
            return JsonResponse(body(error.code, error.message), status=status_of(error))
        response["ETag"] = etag
        response["Cache-Control"] = FOR_EVER
        response["X-Content-Type-Options"] = "nosniff"
        response["Access-Control-Allow-Origin"] = "*"
        response["Vary"] = "Accept"
        return response

    def _answer(
        self, request: HttpRequest, store: ContentStore, cid: Cid, kind: str, etag: str
    ) -> HttpResponseBase:
        if kind == "raw":
            response: HttpResponseBase = HttpResponse(store.read_block(cid), content_type=RAW_TYPE)
        elif kind == "car":
            response = stream(request, store.export_car(cid), CAR_TYPE)
        else:
            response = _file(request, store, cid, etag)
        ending = kind or "bin"
        response["Content-Disposition"] = f'attachment; filename="{cid}.{ending}"'
        response["X-Ipfs-Path"] = f"/ipfs/{cid}"
        return response


def _file(request: HttpRequest, store: ContentStore, cid: Cid, etag: str) -> HttpResponseBase:
    """The file's bytes, or one range of them."""
    size, part = store.size(cid), None
    if request.headers.get("If-Range", etag) == etag:
        part = asked_range(request.headers.get("Range", ""), size)
    if part is not None and not part:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = content_range(part, size)
        return refused
    wanted = range(size) if part is None else part
    response = stream(request, store.open(cid, offset=wanted.start, length=len(wanted)), FILE_TYPE)
    mark_range(response, part, size)
    return response


def _wanted_format(request: HttpRequest) -> str | None:
    """raw, car or "" (the file); None for a format that there is not. The query wins over Accept."""
    asked = request.GET.get("format")
    if asked is not None:
        return asked if asked in FORMATS else None
    accepted = request.headers.get("Accept", "")
    if "application/vnd.ipld.car" in accepted:
        return "car"
    return "raw" if RAW_TYPE in accepted else ""
