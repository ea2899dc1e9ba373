"""Public bytes at /ipfs/<cid>, in the trustless gateway's forms: anybody can check them."""

from collections.abc import AsyncIterator, Iterator
from itertools import chain as chained

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.views import View

from common.api_errors import body
from common.errors import QommonsError
from common.http_status import status_of
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
                response = self._answer(request, store, parsed, kind)
        except QommonsError as error:
            return JsonResponse(body(error.code, error.message), status=status_of(error))
        response["ETag"] = etag
        response["Cache-Control"] = FOR_EVER
        response["X-Content-Type-Options"] = "nosniff"
        response["Access-Control-Allow-Origin"] = "*"
        response["Vary"] = "Accept"
        return response

    def _answer(self, request: HttpRequest, store: ContentStore, cid: Cid, kind: str) -> HttpResponseBase:
        if kind == "raw":
            response: HttpResponseBase = HttpResponse(store.read_block(cid), content_type=RAW_TYPE)
        elif kind == "car":
            response = _stream(request, store.export_car(cid), CAR_TYPE)
        else:
            size = store.size(cid)
            response = _stream(request, store.open(cid), FILE_TYPE)
            response["Content-Length"] = str(size)
        ending = kind or "bin"
        response["Content-Disposition"] = f'attachment; filename="{cid}.{ending}"'
        response["X-Ipfs-Path"] = f"/ipfs/{cid}"
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


def _stream(request: HttpRequest, parts: Iterator[bytes], content_type: str) -> StreamingHttpResponse:
    """The parts as they come; the first is fetched now, so that a missing block is still an answer."""
    first = next(parts, b"")
    whole = chained([first], parts)
    if isinstance(request, ASGIRequest):
        return StreamingHttpResponse(_one_by_one(whole), content_type=content_type)
    return StreamingHttpResponse(whole, content_type=content_type)


async def _one_by_one(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Reads each part in a thread when the client is ready for it, never the whole at once."""
    read = sync_to_async(lambda: next(parts, None), thread_sensitive=False)
    while (part := await read()) is not None:
        yield part
