"""Asks every endpoint of the API what its document allows and what it does not, the same on every run."""

from collections.abc import Mapping
from typing import Any

import hypothesis
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import User

# No document of ours has a 500, so that the status alone tells a fault; it has 503.
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


# Signing out ends the caller's session, and with it what the others are asked as.
LEFT_OUT = {"POST /auth/sign-out"}


def complaints(
    *, wallet: str, known: Mapping[str, Any], examples: int, only: frozenset[str] = frozenset()
) -> list[str]:
    """What answers are not as the document says, by endpoint.

    wallet: who asks, signed in in a browser. known: values of path parameters that exist; half of the
    questions use them. examples: questions an endpoint and kind, once well-formed and once not.
    only: these endpoints; empty: all of them.
    """
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    cookies, headers = _signed_in(wallet)
    found = []
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.label in LEFT_OUT or (only and operation.label not in only):
            continue
        for mode in GenerationMode:
            probe = _probe(operation, mode, examples, known, {"cookies": cookies, "headers": headers})
            try:
                probe()
            except (Failure, FailureGroup) as error:
                found.append(f"{operation.label} ({mode.value}): {error}")
            except hypothesis.errors.Unsatisfiable:
                continue  # nothing of this kind can be asked here: no parameters, no body
    return found


def _probe(operation: Any, mode: GenerationMode, examples: int, known: Mapping[str, Any], sent: Any) -> Any:
    @hypothesis.settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), is_known=st.booleans())
    def probe(case: Any, is_known: bool) -> None:
        if is_known:
            case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
        case.validate_response(case.call(**sent), checks=CHECKS)

    return probe


def _signed_in(wallet: str) -> tuple[dict[str, str], dict[str, str]]:
    """The cookies of a browser, and the header that shows one of them."""
    user, _ = User.objects.get_or_create(address=wallet)
    browser = Client()
    browser.force_login(user, backend="accounts.backends.WalletBackend")
    browser.get("/api/v1/auth/me")
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    return cookies, {"X-CSRFToken": cookies["csrftoken"]}
