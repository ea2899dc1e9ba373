"""Calls on a pinning service by the IPFS Pinning Service API 1.0 (ipfs.github.io/pinning-services-api-spec).

Nothing that it says is more than a claim: whether it truly has the bytes is seen at its gateway.
"""

import json
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from common.strict_json import strict_loads
from storage.cid import Cid
from storage.errors import InvalidCid, InvalidSourceUrl, PinRefused, SourceUnavailable, UnsupportedCid
from storage.exchange import Exchange, checked_url
from storage.limits import DEFAULT_PATIENCE, Patience
from storage.streams import read_within

WHERE = "the pinning service"
MAX_ANSWER_BYTES = 1 << 20
STATES = frozenset({"queued", "pinning", "pinned", "failed"})
REQUEST_ID = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,199}")
TOKEN = re.compile(r"[\x21-\x7e]+")
BUSY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


@dataclass(frozen=True, slots=True)
class PinRequest:
    """One request of ours as the service tells it; `state` is queued, pinning, pinned or failed."""

    request_id: str
    state: str
    cid: Cid


class PinningService:
    """The service's API below its URL.

    origins: multiaddrs of nodes of ours that have the content, for the service to dial. Without them it looks
    for the content in the public network.
    """

    def __init__(
        self, api_url: str, token: str, *, origins: Sequence[str] = (), patience: Patience = DEFAULT_PATIENCE
    ) -> None:
        self._base = checked_url(api_url)
        if self._base.scheme != "https" and self._base.hostname not in {"127.0.0.1", "::1", "localhost"}:
            raise InvalidSourceUrl(
                "a pinning service is asked over https, since each request carries a token"
            )
        if not TOKEN.fullmatch(token):
            raise InvalidSourceUrl("the pinning service's token is missing or is not one line")
        self._token = token
        self._origins = list(origins)
        self._patience = patience

    def request(self, cid: Cid) -> PinRequest:
        """Asks the service to fetch and pin the tree."""
        return self._one("POST", "/pins", cid, {"cid": str(cid), "origins": self._origins})

    def look(self, asked: PinRequest) -> PinRequest:
        """The same request as it stands now."""
        return self._one("GET", f"/pins/{asked.request_id}", asked.cid)

    def requests_of(self, cid: Cid) -> list[PinRequest]:
        """What the service has of the tree, in any state."""
        query = urlencode({"cid": str(cid), "status": ",".join(sorted(STATES))})
        answer = self._ask("GET", f"/pins?{query}")
        results = answer.get("results")
        if not isinstance(results, list):
            raise SourceUnavailable(f"{WHERE} answers what the API does not know")
        return [_request_in(each, cid) for each in results]

    def drop(self, asked: PinRequest) -> None:
        """Ends the request and with it the pin; one that is gone already is no error."""
        self._ask("DELETE", f"/pins/{asked.request_id}", also=HTTPStatus.NOT_FOUND)

    def _one(self, method: str, path: str, cid: Cid, sent: dict[str, Any] | None = None) -> PinRequest:
        return _request_in(self._ask(method, path, sent), cid)

    def _ask(
        self, method: str, path: str, sent: dict[str, Any] | None = None, *, also: int | None = None
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        body = None
        if sent is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(sent).encode()
        seconds = self._patience.block_seconds
        exchange = Exchange(self._base, self._patience, deadline_seconds=seconds, where=WHERE)
        with closing(exchange):
            status = exchange.ask(method, path, headers, body)
            if status == also:
                return {}
            _check_status(status)
            return {} if method == "DELETE" else _object_in(exchange)


def _check_status(status: int) -> None:
    if 200 <= status < 300:
        return
    if status in BUSY or status >= 500:
        raise SourceUnavailable(f"{WHERE} answers {status}")
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise PinRefused(f"{WHERE} does not take our token")
    raise PinRefused(f"{WHERE} refuses the request ({status})")


def _object_in(exchange: Exchange) -> dict[str, Any]:
    received = read_within(exchange, MAX_ANSWER_BYTES)
    if received is None:
        raise SourceUnavailable(f"the answer of {WHERE} has more than {MAX_ANSWER_BYTES:,} bytes")
    try:
        answer = strict_loads(received)
    except ValueError as error:
        raise SourceUnavailable(f"the answer of {WHERE} is not JSON") from error
    if not isinstance(answer, dict):
        raise SourceUnavailable(f"{WHERE} answers what the API does not know")
    return answer


def _request_in(answer: object, wanted: Cid) -> PinRequest:
    """A PinStatus of the API; one of other content is refused."""
    match answer:
        case {"requestid": str(request_id), "status": str(state), "pin": {"cid": str(text)}}:
            if REQUEST_ID.fullmatch(request_id) and state in STATES and _is_same(text, wanted):
                return PinRequest(request_id, state, wanted)
    raise PinRefused(f"{WHERE} does not answer for {wanted}")


def _is_same(text: str, wanted: Cid) -> bool:
    try:
        return Cid.parse(text) == wanted
    except (InvalidCid, UnsupportedCid):
        return False
