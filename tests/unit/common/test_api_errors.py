"""Faults below the API as the caller sees them."""

import pytest
from django.db import InterfaceError, OperationalError

from common.api_errors import handle


@pytest.mark.fault("F07")
@pytest.mark.parametrize("error", [OperationalError("server closed"), InterfaceError("connection is closed")])
def test_request_that_meets_a_restarting_database_is_asked_to_come_again(error):
    response = handle(error, {})

    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "server closed" not in str(response.data)


def test_bug_stays_a_bug():
    assert handle(RuntimeError("unexpected"), {}) is None
