"""What the market can propose: take a listing off, pay out of the treasury, change its fee."""

from collections.abc import Sequence

from chain.abi import Call
from chain.bindings import data_market, erc20
from chain.deployments import address_of, current
from common.errors import InvalidInput
from governance.rules.amounts import ether_text
from governance.rules.answers import account, base_units, whole_number
from governance.rules.kinds import (
    Act,
    ActionKind,
    Answers,
    Change,
    Choice,
    Draft,
    FormField,
    Parameter,
    Reader,
)
from marketplace.models import Listing
from marketplace.tokens import token_at

ETHER = "ETH"
# Tokens that calldata can be read for: their contracts are in the deployment.
PAYABLE = ("TestDollar", "VoteToken")
MAX_LISTING = 10**18
FEE_DECIMALS = 2


def _delist_fields() -> Sequence[FormField]:
    return (
        FormField("listing", "Listing", hint="Its number, as its dataset's page shows it.", pattern="[0-9]+"),
    )


def _delist_draft(answers: Answers) -> Draft:
    number = whole_number(answers, "listing")
    listing = Listing.objects.filter(pk=number).first() if number < MAX_LISTING else None
    if listing is None:
        raise InvalidInput(f"There is no listing {number}.", field="listing")
    if listing.is_delisted:
        raise InvalidInput(f"Listing {number} is off the market already.", field="listing")
    call = data_market.DELIST.call(address_of("DataMarket"), listing_id=number)
    kind = listing.get_subject_kind_display()
    return Draft((call,), f"Take listing {number} ({kind} {listing.subject_id}) off the market")


def _pay_fields() -> Sequence[FormField]:
    contracts = current().contracts
    tokens = tuple(
        Choice(name, token_at(contracts[name]).symbol or name) for name in PAYABLE if name in contracts
    )
    return (
        FormField("to", "To", hint="The receiver's address.", pattern="0x[0-9a-fA-F]{40}"),
        FormField("amount", "Amount", pattern=r"[0-9]+(\.[0-9]+)?"),
        FormField("token", "Of", choices=(*tokens, Choice(ETHER, ETHER))),
    )


def _pay_draft(answers: Answers) -> Draft:
    receiver, name = account(answers, "to"), answers["token"]
    if name == ETHER:
        wei = base_units(answers["amount"], 18, field="amount")
        _check_positive(wei)
        return Draft((Call(receiver, b"", wei),), f"Pay {ether_text(wei)} from the treasury to {receiver}")
    address = address_of(name)
    token = token_at(address)
    if token.decimals is None:
        raise InvalidInput("The token does not say its decimals now. Try again later.", field="token")
    units = base_units(answers["amount"], token.decimals, field="amount")
    _check_positive(units)
    call = erc20.TRANSFER.call(address, to=receiver, value=units)
    return Draft((call,), f"Pay {token.text(units)} from the treasury to {receiver}")


def _check_positive(units: int) -> None:
    if units == 0:
        raise InvalidInput("Pay more than nothing.", field="amount")


def _pay_sentence(act: Act) -> str:
    amount = token_at(act.target).text(act.args["value"])
    return f"Pay {amount} from the treasury to {act.args['to']}"


def _delist_changes(act: Act, reader: Reader) -> Sequence[Change]:
    number = act.args["listing_id"]
    listing = reader.client.read(act.target, data_market.GET_LISTING, listing_id=number)
    before = "off the market" if listing["delisted"] else "on the market"
    return (Change(f"Listing {number}", before, "off the market"),)


def _pay_changes(act: Act, reader: Reader) -> Sequence[Change]:
    treasury, receiver = reader.deployment.address_of("Timelock"), act.args["to"]
    token, units = token_at(act.target), act.args["value"]
    held, has = (
        reader.client.read(act.target, erc20.BALANCE_OF, account=holder) for holder in (treasury, receiver)
    )
    return (
        Change("The treasury holds", token.text(held), token.text(max(0, held - units))),
        Change("The receiver holds", token.text(has), token.text(has + units)),
    )


def write_basis_points(value: int) -> str:
    """Hundredths of a per cent as a percentage: 250 -> "2.5 %"."""
    return f"{value / 100:g} %"


def read_percent(text: str) -> int:
    """A percentage with at most two decimals as hundredths of it: "2.5" -> 250."""
    return base_units(text, FEE_DECIMALS, field="value")


KINDS = (
    ActionKind(
        "delist",
        "Take a listing off the market",
        "For data that breaks the law or the commons' rules. Bought passes stay valid.",
        _delist_fields,
        _delist_draft,
    ),
    ActionKind(
        "pay",
        "Pay from the treasury",
        "Sends ETH or tokens that the treasury holds to an address.",
        _pay_fields,
        _pay_draft,
    ),
)
SENTENCES = {
    ("DataMarket", "delist"): lambda act: f"Take listing {act.args['listing_id']} off the market",
    ("TestDollar", "transfer"): _pay_sentence,
}
CHANGES = {
    ("DataMarket", "delist"): _delist_changes,
    ("TestDollar", "transfer"): _pay_changes,
    ("VoteToken", "transfer"): _pay_changes,
}
PARAMETERS = (
    Parameter(
        "market_fee_bps",
        "the market's fee",
        "per cent of the price",
        write_basis_points,
        read_percent,
        bounds="0 to 10 %",
    ),
)
