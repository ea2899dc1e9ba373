"""What governance itself can propose: rules of the vote, numbers and lists of the ParameterBook, a text."""

from collections.abc import Sequence

from chain.abi import Call, Function, name_of, short_name
from chain.bindings import commons_governor, parameter_book, timelock
from chain.deployments import address_of, current
from chain.errors import InvalidArguments, UndecodableData
from common.errors import InvalidInput
from common.moments import duration_text
from governance.rules.amounts import DECIMALS, votes_text
from governance.rules.answers import account, base_units, whole_number
from governance.rules.kinds import (
    Act,
    ActionKind,
    Answers,
    Change,
    Changes,
    Choice,
    Draft,
    FormField,
    Parameter,
    Reader,
    Sentence,
)
from governance.selectors.kinds import action_words

PAYMENT_TOKEN = "payment_token"  # noqa: S105 (a name on the chain)
# Rule -> its name, its contract, the function that sets it, the one that reads it.
_RULES: dict[str, tuple[str, str, Function, Function]] = {
    "voting_delay": (
        "Wait before a vote, in seconds",
        "CommonsGovernor",
        commons_governor.SET_VOTING_DELAY,
        commons_governor.VOTING_DELAY,
    ),
    "voting_period": (
        "Length of a vote, in seconds",
        "CommonsGovernor",
        commons_governor.SET_VOTING_PERIOD,
        commons_governor.VOTING_PERIOD,
    ),
    "quorum_percent": (
        "Quorum, in per cent of all votes",
        "CommonsGovernor",
        commons_governor.UPDATE_QUORUM_NUMERATOR,
        commons_governor.QUORUM_NUMERATOR,
    ),
    "proposal_threshold": (
        "Votes needed to propose",
        "CommonsGovernor",
        commons_governor.SET_PROPOSAL_THRESHOLD,
        commons_governor.PROPOSAL_THRESHOLD,
    ),
    "timelock_delay": (
        "Wait before execution, in seconds",
        "Timelock",
        timelock.UPDATE_DELAY,
        timelock.GET_MIN_DELAY,
    ),
}


def _rule_value(key: str, value: int) -> str:
    if key == "quorum_percent":
        return f"{value} %"
    return votes_text(value) if key == "proposal_threshold" else duration_text(value)


def _rule_fields() -> Sequence[FormField]:
    rules = tuple(Choice(key, rule[0]) for key, rule in _RULES.items())
    return (
        FormField("rule", "Which rule", choices=rules),
        FormField(
            "value", "New value", hint="In the unit that stands with the rule.", pattern=r"[0-9]+(\.[0-9]+)?"
        ),
    )


def _rule_draft(answers: Answers) -> Draft:
    key = answers["rule"]
    _, contract, function, _ = _RULES[key]
    if key == "proposal_threshold":
        value = base_units(answers["value"], DECIMALS, field="value")
    else:
        value = whole_number(answers, "value")
    try:
        call = function.call(address_of(contract), **{function.inputs[0].name: value})
    except InvalidArguments as error:
        raise InvalidInput("The number is too large for this rule.", field="value") from error
    return Draft((call,), _rule_sentence(key, value))


def _rule_sentence(key: str, value: int) -> str:
    return {
        "voting_delay": "Set the wait before a vote to {}",
        "voting_period": "Set the length of a vote to {}",
        "quorum_percent": "Set the quorum to {} of all votes",
        "proposal_threshold": "Ask for {} to propose",
        "timelock_delay": "Set the wait before execution to {}",
    }[key].format(_rule_value(key, value))


def _parameter_fields() -> Sequence[FormField]:
    known = tuple(
        Choice(one.key, f"{one.label}, in {one.unit}") for one in action_words().parameters.values()
    )
    return (
        FormField("key", "Which number", choices=known),
        FormField(
            "value",
            "New value",
            hint="In the unit that stands with the number.",
            pattern=r"[0-9]+(\.[0-9]+)?",
        ),
    )


def _parameter_draft(answers: Answers) -> Draft:
    parameter = action_words().parameters[answers["key"]]
    try:
        value = parameter.read(answers["value"])
    except InvalidInput as error:
        raise InvalidInput(error.message, field="value") from error
    call = parameter_book.SET_VALUE.call(
        address_of("ParameterBook"), key=short_name(parameter.key), value=value
    )
    return Draft((call,), _set_value_sentence_of(parameter.key, value))


def _set_value_sentence_of(key: str, value: int) -> str:
    return f"Set {_parameter_name(key)} to {_parameter_value(key, value)}"


def _parameter_name(key: str) -> str:
    parameter = action_words().parameters.get(key)
    return key if parameter is None else f"{parameter.label} ({key})"


def _parameter_value(key: str, value: int) -> str:
    parameter = action_words().parameters.get(key)
    return str(value) if parameter is None else parameter.write(value)


def _allowance_fields() -> Sequence[FormField]:
    kinds = (
        Choice("engine", "an engine"),
        Choice("algorithm", "an algorithm"),
        Choice(PAYMENT_TOKEN, "a payment token"),
    )
    words = (Choice("allow", "allow it"), Choice("disallow", "stop allowing it"))
    return (
        FormField("kind", "What", choices=kinds),
        FormField("item", "Which", hint="Its short name, such as statevector; a payment token's address."),
        FormField("verb", "Do", choices=words),
    )


def _allowance_draft(answers: Answers) -> Draft:
    kind, is_allowed = answers["kind"], answers["verb"] == "allow"
    if kind == PAYMENT_TOKEN:
        item = "0x" + account(answers, "item")[2:].lower().rjust(64, "0")
    else:
        try:
            item = short_name(answers["item"].strip())
        except InvalidArguments as error:
            raise InvalidInput("A short name has at most 32 plain letters.", field="item") from error
    call = parameter_book.SET_ALLOWED.call(
        address_of("ParameterBook"), kind=short_name(kind), item=item, allowed=is_allowed
    )
    return Draft((call,), _allowance_sentence_of(short_name(kind), item, is_allowed))


def _allowance_sentence_of(kind: str, item: str, is_allowed: bool) -> str:
    return f"{'Allow' if is_allowed else 'Stop allowing'} {_item(kind, item)} as {_short(kind)}"


def _item(kind: str, item: str) -> str:
    """A payment token's item is its address, padded on the left; every other one is a short name."""
    if kind == short_name(PAYMENT_TOKEN) and item.startswith("0x" + "00" * 12):
        address = "0x" + item[-40:]
        name = current().name_of(address)
        return f"{name} at {address}" if name else address
    return _short(item)


def _short(word: str) -> str:
    """A bytes32 that holds a short name, as that name."""
    try:
        return name_of(word)
    except UndecodableData:
        return word


def _no_fields() -> Sequence[FormField]:
    return ()


def _text_draft(_answers: Answers) -> Draft:
    """The Governor asks for an action: the Timelock sends nothing to itself, which changes nothing."""
    return Draft((Call(address_of("Timelock"), b""),), "Decide a text")


def _value_changes(act: Act, reader: Reader) -> Sequence[Change]:
    key = _short(act.args["key"])
    before = reader.client.read(act.target, parameter_book.VALUE_OF, key=act.args["key"])
    return (
        Change(_parameter_name(key), _parameter_value(key, before), _parameter_value(key, act.args["value"])),
    )


def _allowance_changes(act: Act, reader: Reader) -> Sequence[Change]:
    kind, item = act.args["kind"], act.args["item"]
    before = reader.client.read(act.target, parameter_book.IS_ALLOWED, kind=kind, item=item)
    words = {True: "allowed", False: "not allowed"}
    return (Change(f"{_item(kind, item)} as {_short(kind)}", words[before], words[act.args["allowed"]]),)


def _rule_value_of(act: Act) -> int:
    return int(next(iter(act.args.values())))


def _rule_words(key: str) -> Sentence:
    return lambda act: _rule_sentence(key, _rule_value_of(act))


def _rule_changes(key: str) -> Changes:
    label, _, _, getter = _RULES[key]

    def changes(act: Act, reader: Reader) -> Sequence[Change]:
        before = reader.client.read(act.target, getter)
        after = _rule_value(key, _rule_value_of(act))
        return (Change(label.partition(",")[0], _rule_value(key, before), after),)

    return changes


KINDS = (
    ActionKind(
        "parameter",
        "Change a number",
        "A fee or a limit. It holds for what comes after; a requested job keeps its terms.",
        _parameter_fields,
        _parameter_draft,
    ),
    ActionKind(
        "allow",
        "Allow or disallow",
        "Which engines, algorithms and payment tokens jobs and listings may use.",
        _allowance_fields,
        _allowance_draft,
    ),
    ActionKind(
        "rule",
        "Change a rule of the vote",
        "Quorum, threshold and waiting times of every later vote.",
        _rule_fields,
        _rule_draft,
    ),
    ActionKind(
        "text",
        "Decide a text",
        "A guideline, a question, a direction. It changes nothing on the chain; the vote is the record.",
        _no_fields,
        _text_draft,
    ),
)
SENTENCES = {
    ("ParameterBook", "set_value"): lambda act: _set_value_sentence_of(
        _short(act.args["key"]), act.args["value"]
    ),
    ("ParameterBook", "set_allowed"): lambda act: _allowance_sentence_of(
        act.args["kind"], act.args["item"], act.args["allowed"]
    ),
    ("VoteToken", "mint"): lambda act: f"Mint {votes_text(act.args['amount'])} to {act.args['to']}",
    ("VoteToken", "transfer"): lambda act: (
        f"Pay {votes_text(act.args['value'])} from the treasury to {act.args['to']}"
    ),
    **{(rule[1], rule[2].name): _rule_words(key) for key, rule in _RULES.items()},
}
CHANGES = {
    ("ParameterBook", "set_value"): _value_changes,
    ("ParameterBook", "set_allowed"): _allowance_changes,
    **{(rule[1], rule[2].name): _rule_changes(key) for key, rule in _RULES.items()},
}
PARAMETERS: tuple[Parameter, ...] = ()
