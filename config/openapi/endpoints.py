"""Every endpoint of the API, as the URL patterns, the views and their handlers tell it."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from pydantic import BaseModel
from rest_framework.permissions import IsAuthenticated
from rest_framework.views import APIView

from accounts.authentication import WalletSession

METHODS = ("get", "post", "put", "delete")
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_PARAGRAPH = re.compile(r"\b(GET|POST|PUT|DELETE)(?: `[^`]*`)?: ")


@dataclass(frozen=True)
class Endpoint:
    """One method of one path; `converters` are the path's parameters and Django's names of their kinds."""

    method: str
    path: str
    converters: dict[str, str]
    view: type[APIView]

    @property
    def name(self) -> str:
        """As in `described.ANSWERS`: "GET jobs/{job_id}"."""
        return f"{self.method.upper()} {self.path}"

    @property
    def summary(self) -> str:
        """What the view's docstring says of this method, to the end of its paragraph."""
        words = _PARAGRAPH.split(" ".join((self.view.__doc__ or "").split("\n\n")[0].split()))
        told = dict(zip(words[1::2], words[2::2], strict=True))
        text = told.get(self.method.upper(), "").strip()
        return text[:1].upper() + text[1:]

    @property
    def remark(self) -> str:
        """The rest of the view's docstring."""
        _, _, rest = (self.view.__doc__ or "").partition("\n\n")
        return " ".join(rest.split())

    @property
    def body(self) -> type[BaseModel] | None:
        """The body that the handler reads: the one pydantic model that its code names."""
        handler: Any = inspect.unwrap(getattr(self.view, self.method))
        named = [handler.__globals__.get(name) for name in handler.__code__.co_names]
        models = [each for each in named if isinstance(each, type) and issubclass(each, BaseModel)]
        return models[0] if models else None

    @property
    def takes_keys(self) -> bool:
        """Whether an API key speaks for the wallet here."""
        return any(issubclass(each, WalletSession) for each in self.view.authentication_classes)

    @property
    def is_for_wallets(self) -> bool:
        """Whether a visitor is refused."""
        kinds = self.view.permission_classes
        if any(isinstance(each, type) and issubclass(each, IsAuthenticated) for each in kinds):
            return True
        return self.method != "get" and not any(each.__name__ == "AllowAny" for each in kinds)


def all_endpoints(module: str = "config.api_urls") -> list[Endpoint]:
    """In the order of their paths."""
    found = [
        Endpoint(method, *_path_of(route), view=view)
        for route, view in _routes(get_resolver(module).url_patterns)
        for method in METHODS
        if hasattr(view, method)
    ]
    return sorted(found, key=lambda each: (each.path, METHODS.index(each.method)))


def _routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, type[APIView]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            callback: Any = pattern.callback
            yield prefix + str(pattern.pattern), callback.view_class


def _path_of(route: str) -> tuple[str, dict[str, str]]:
    converters = {name: kind or "str" for kind, name in _PARAMETER.findall(route)}
    return _PARAMETER.sub(r"{\2}", route), converters
