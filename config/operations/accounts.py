"""Our own accounts: what each holds, and for how many of its transactions that lasts. No key is read."""

from chain.client import ChainClient
from chain.models import OutboxTransaction, SenderAccount
from chain.signer import call_of
from common.errors import QommonsError
from config.stack.findings import Finding, broken, fine, note

WEI_PER_ETHER = 10**18
LOOKED_AT = 20
ENOUGH = 50
SCARCE = 5


def balances(node: ChainClient) -> list[Finding]:
    """One line a key that has signed; the address is known from what it signed, not from the key."""
    accounts = _accounts()
    if not accounts:
        return [note("accounts", "none of our accounts has sent anything yet")]
    try:
        return [_balance(name, address, node.balance(address)) for name, address in accounts.items()]
    except QommonsError as error:
        return [broken("accounts", f"what they hold is unknown: {error.message}")]


def _accounts() -> dict[str, str]:
    """The address of each key by its name: that of what it signed last, where the key was changed."""
    newest = [
        OutboxTransaction.objects.filter(sender_address=address)
        .select_related("entry")
        .order_by("-id")
        .first()
        for address in SenderAccount.objects.values_list("address", flat=True)
    ]
    signed = sorted((one for one in newest if one is not None), key=lambda one: one.pk)
    return {one.entry.sender: one.sender_address for one in signed}


def _balance(name: str, address: str, held: int) -> Finding:
    lasts = held // _dearest(address)
    said = broken if lasts < SCARCE else note if lasts < ENOUGH else fine
    advice = "" if said is fine else ": send it ETH"
    return said(
        name, f"{address} holds {held / WEI_PER_ETHER:,.4f} ETH, enough for {lasts:,} transactions{advice}"
    )


def _dearest(address: str) -> int:
    """What the dearest of the last transactions could have taken in gas and value, in wei."""
    last = OutboxTransaction.objects.filter(sender_address=address).order_by("-id")[:LOOKED_AT]
    costs = (one.gas_limit * int(one.max_fee_wei) + call_of(bytes(one.raw)).value for one in last)
    return max(costs, default=1)
