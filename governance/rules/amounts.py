"""Votes in words: base units are whole numbers, a decimal point exists only in what a person reads."""

from chain.prepared import Detail

DECIMALS = 18
_SHOWN_DECIMALS = 2


def votes_number(units: int) -> str:
    """Votes with at most two decimals, rounded down.

    >>> votes_number(1_234_500_000_000_000_000_000)
    '1,234.5'
    >>> votes_number(1)
    'under 0.01'
    """
    whole, part = divmod(int(units), 10**DECIMALS)
    shown = f"{part // 10 ** (DECIMALS - _SHOWN_DECIMALS):02d}".rstrip("0")
    if part and not whole and not shown:
        return "under 0.01"
    return f"{whole:,}" + (f".{shown}" if shown else "")


def votes_text(units: int) -> str:
    """The same with its noun.

    >>> votes_text(10**18), votes_text(0)
    ('1 vote', '0 votes')
    """
    return f"{votes_number(units)} {'vote' if units == 10**DECIMALS else 'votes'}"


def votes_detail(label: str, units: int) -> Detail:
    """A line about votes, with the base units behind it."""
    return Detail(label, votes_text(units), f"{units:,} base units of the vote token")


def ether_text(wei: int) -> str:
    """Wei as ETH, every digit kept.

    >>> ether_text(1_500_000_000_000_000_000)
    '1.5 ETH'
    """
    whole, part = divmod(wei, 10**18)
    digits = f"{part:018d}".rstrip("0")
    return f"{whole:,}{'.' + digits if digits else ''} ETH"
