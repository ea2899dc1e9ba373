"""Limits on the API: a request's cost decides its rate; the wallet and the address each have their own."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

if TYPE_CHECKING:  # the framework's views import this module
    from rest_framework.views import APIView


class CostThrottle(SimpleRateThrottle):
    """Allows settings' rate of the request's cost class: `read`, `act`, or `costly` for COSTLY_ROUTES."""

    who = ""

    def __init__(self) -> None:
        """The rate is known only with the request."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        self.scope = cost_of(request)
        self.rate = api_settings.DEFAULT_THROTTLE_RATES[self.scope]
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        ident = self.ident_of(request)
        return None if ident is None else f"throttle:{self.scope}:{self.who}:{ident}"

    def ident_of(self, request: Request) -> str | None:
        """Who is counted; None for nobody."""
        raise NotImplementedError


class AddressThrottle(CostThrottle):
    """Counts by network address, whoever is signed in."""

    who = "address"

    def ident_of(self, request: Request) -> str | None:
        return self.get_ident(request)


class WalletThrottle(CostThrottle):
    """Counts by wallet, from wherever it and its keys come."""

    who = "wallet"

    def ident_of(self, request: Request) -> str | None:
        return str(request.user.pk) if request.user.is_authenticated else None


def cost_of(request: Request) -> str:
    """The cost class: reading is cheap, preparing an act asks the node, and some acts take the machine."""
    if request.method in SAFE_METHODS:
        return "read"
    match = request.resolver_match
    return "costly" if match is not None and match.route in settings.COSTLY_ROUTES else "act"


def client_address(request: HttpRequest) -> str:
    """The client's network address, as far as TRUSTED_PROXIES lets a header speak for it."""
    return BaseThrottle().get_ident(request)
