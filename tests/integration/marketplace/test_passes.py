"""Passes as the events of AccessPass tell of them."""

from typing import Any

import pytest
from django.db import transaction

from chain.events import LogEvent
from chain.journal import block_scope
from marketplace.models import AccessPass
from marketplace.projections.access import HANDLERS

HOLDER, TOKEN = "0x" + "a1" * 20, "0x" + "b2" * 20
ISSUED = {
    "passId": 7,
    "holder": HOLDER,
    "subjectKind": 0,
    "subjectId": 3,
    "right": 2,
    "firstVersion": 1,
    "expiresAt": 0,
    "uses": 2,
    "paymentToken": TOKEN,
    "pricePaid": 100,
}


def tell(name: str, **args: Any) -> None:
    event = LogEvent(
        contract="AccessPass",
        name=name,
        args={"passId": 7, **args},
        block_number=5,
        block_hash="0x" + "05" * 32,
        block_timestamp=1_700_000_000,
        tx_hash="0x" + "07" * 32,
        log_index=0,
        address="0x" + "0c" * 20,
    )
    with transaction.atomic(), block_scope(5):
        HANDLERS["AccessPass", name](event)


@pytest.mark.django_db
def test_paid_use_that_comes_back_makes_a_revoked_pass_usable_and_its_refunds_add_up() -> None:
    tell("PassIssued", **ISSUED)
    tell("UseReserved", usesLeft=1)
    tell("PassRevoked", refunded=50)
    revoked = AccessPass.objects.get(pass_id=7)
    assert (revoked.is_revoked, revoked.uses_left, revoked.refunded_units) == (True, 0, 50)

    tell("UseReleased", usesLeft=1)
    tell("PassRestored")

    restored = AccessPass.objects.get(pass_id=7)
    assert (restored.is_revoked, restored.uses_left, restored.refunded_units) == (False, 1, 50)
    tell("PassRevoked", refunded=50)
    assert AccessPass.objects.get(pass_id=7).refunded_units == 100
