"""A transaction that failed is sent again by an operator: with a new nonce, and once."""

import pytest

from chain.bindings import test_dollar
from chain.models import OutboxEntry
from chain.outbox import send_again
from common.errors import Conflict
from tests.integration.chain.conftest import HOLDINGS
from tests.integration.chain.sending import (
    State,
    held_back,
    mine,
    seller_has,
    sender_of,
    state_of,
    want_payment,
)

pytestmark = pytest.mark.usefixtures("payments")


def refused_payment(dollars, sender) -> OutboxEntry:
    """A payment of everything that was mined behind another one of everything, and refused."""
    held_back(dollars)
    want_payment("pay:1", dollars, value=HOLDINGS)
    entry = want_payment("pay:2", dollars, value=HOLDINGS)
    sender.step()
    mine(dollars, 3)
    sender.step()
    entry.refresh_from_db()
    return entry


def fill_up(dollars, executor) -> None:
    """The executor has everything again, by another's payment."""
    call = test_dollar.TRANSFER.call(dollars.dollar, to=executor.address, value=HOLDINGS)
    dollars.holder.send(dollars.client, call)
    mine(dollars)


def test_payment_that_was_refused_when_mined_is_sent_again_with_a_new_nonce(dollars, executor):
    sender = sender_of(dollars, executor)
    entry = refused_payment(dollars, sender)
    assert entry.state == State.FAILED
    fill_up(dollars, executor)

    send_again(entry.pk)
    sender.step()
    entry.refresh_from_db()
    old, new = entry.transactions.all()
    assert (entry.state, entry.error, entry.tx_hash) == (State.SENT, "", new.tx_hash)
    mine(dollars, 3)
    sender.step()

    assert state_of("pay:2") == State.FINAL
    assert seller_has(dollars) == 2 * HOLDINGS
    old.refresh_from_db()
    assert (old.succeeded, new.nonce) == (False, old.nonce + 1)


def test_second_try_that_is_refused_too_fails_in_its_own_words(dollars, executor):
    sender = sender_of(dollars, executor)
    entry = refused_payment(dollars, sender)

    send_again(entry.pk)
    sender.step()

    entry.refresh_from_db()
    assert entry.state == State.FAILED
    assert "ERC20InsufficientBalance" in entry.error
    assert entry.transactions.count() == 1


def test_payment_that_was_never_signed_is_sent_again(dollars, executor):
    entry = want_payment("pay:1", dollars, value=HOLDINGS + 1)
    sender = sender_of(dollars, executor)
    sender.step()
    assert state_of("pay:1") == State.FAILED
    fill_up(dollars, executor)

    send_again(entry.pk)
    sender.step()
    mine(dollars, 3)
    sender.step()

    assert state_of("pay:1") == State.FINAL
    assert seller_has(dollars) == HOLDINGS + 1


@pytest.mark.fault("F12")
def test_reorg_below_the_refused_try_leaves_no_gap_of_nonces(dollars, executor):
    sender = sender_of(dollars, executor)
    entry = refused_payment(dollars, sender)
    fill_up(dollars, executor)
    send_again(entry.pk)
    sender.step()
    mine(dollars)
    sender.step()
    assert state_of("pay:2") == State.MINED
    old, new = entry.transactions.all()

    dollars.node.rpc("anvil_reorg", dollars.client.head_number() - 1, [])
    assert dollars.client.receipt(old.tx_hash) is None
    OutboxEntry.objects.filter(key="pay:1").update(state=State.SENT)
    for _ in range(4):
        sender.step()
        mine(dollars)
    mine(dollars, 3)
    sender.step()

    assert dollars.client.receipt(old.tx_hash) is not None
    assert dollars.client.receipt(new.tx_hash) is not None
    assert state_of("pay:2") in {State.FINAL, State.FAILED}
    assert seller_has(dollars) <= 2 * HOLDINGS


@pytest.mark.parametrize("state", [each for each in State if each != State.FAILED])
def test_what_has_not_failed_is_not_sent_again(state, dollars):
    entry = want_payment("pay:1", dollars)
    OutboxEntry.objects.update(state=state)

    with pytest.raises(Conflict, match="Only a transaction that failed"):
        send_again(entry.pk)

    assert state_of("pay:1") == state


def test_claim_is_left_to_its_run(dollars, settings):
    settings.OUTBOX_KINDS_SENT_ONCE = {"pay"}
    entry = want_payment("pay:1", dollars)
    OutboxEntry.objects.update(state=State.FAILED)

    with pytest.raises(Conflict, match="resume its run"):
        send_again(entry.pk)

    assert state_of("pay:1") == State.FAILED
