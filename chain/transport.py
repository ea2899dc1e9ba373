"""JSON-RPC over HTTP: one request or a batch, with a time limit; the node's words become typed errors here.

web3 is used for its HTTP transport alone: its own retries are off, since back-off is decided by our callers.
"""

from collections.abc import Sequence
from typing import Any

import requests
from web3 import HTTPProvider
from web3.exceptions import BadResponseFormat
from web3.types import RPCEndpoint

from chain.errors import NodeUnavailable
from chain.node_errors import meaning_of, meaning_of_status

TIMEOUT_SECONDS = 10.0


class JsonRpc:
    """A node's RPC endpoint. Its address stays inside: it may hold a key."""

    def __init__(self, rpc_url: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._provider = HTTPProvider(
            rpc_url, request_kwargs={"timeout": timeout_seconds}, exception_retry_configuration=None
        )

    def request(self, method: str, *params: Any) -> Any:
        """The result of one call; raises NodeUnavailable or what the node's error means."""
        try:
            answer = self._provider.make_request(RPCEndpoint(method), list(params))
        except (requests.RequestException, BadResponseFormat, ValueError) as error:
            raise _away(error) from None
        return _result(answer)

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """The results of several calls in one HTTP request, in their order."""
        if not calls:
            return []
        try:
            answers = self._provider.make_batch_request(
                [(RPCEndpoint(method), list(params)) for method, params in calls]
            )
        except (requests.RequestException, BadResponseFormat, ValueError) as error:
            raise _away(error) from None
        if not isinstance(answers, list) or len(answers) != len(calls):
            _result(answers)
            raise NodeUnavailable("the node gave an incomplete answer")
        return [_result(answer) for answer in answers]


def _result(answer: Any) -> Any:
    if not isinstance(answer, dict):
        raise NodeUnavailable("the node gave an answer that is not JSON-RPC")
    if answer.get("error") is not None:
        raise meaning_of(answer["error"])
    if "result" not in answer:
        raise NodeUnavailable("the node gave an answer without a result")
    return answer["result"]


def _away(error: Exception) -> Exception:
    """What a failed request means; the original text is dropped, since it names the node's address."""
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return meaning_of_status(error.response.status_code)
    if isinstance(error, requests.Timeout):
        return NodeUnavailable("the node took too long")
    if isinstance(error, requests.ConnectionError):
        return NodeUnavailable("the node does not answer")
    return NodeUnavailable("the node gave an answer that is not JSON-RPC")
