"""What members can propose about the ParameterBook's guardian and documents."""

from collections.abc import Sequence

from chain.abi import short_name, short_or_hex
from chain.accounts import NO_DIGEST, ZERO_ADDRESS
from chain.bindings import parameter_book
from chain.deployments import address_of
from common.errors import InvalidInput
from common.moments import moment_text
from governance.rules.answers import account
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
from storage.cid import RAW, Cid
from storage.errors import InvalidCid, UnsupportedCid

DOCUMENTS = {
    "ethical_guidelines": "the ethical guidelines",
    "data_source_rules": "the rules for data sources",
}


def _guardian_fields() -> Sequence[FormField]:
    return (
        FormField(
            "guardian",
            "Guardian",
            hint="Its address; empty for nobody. Naming the same one again arms it for another pause.",
            pattern="0x[0-9a-fA-F]{40}",
            is_optional=True,
        ),
    )


def _guardian_draft(answers: Answers) -> Draft:
    guardian = account(answers, "guardian") if answers.get("guardian", "").strip() else ZERO_ADDRESS
    call = parameter_book.SET_GUARDIAN.call(address_of("ParameterBook"), guardian=guardian)
    return Draft((call,), _guardian_sentence(guardian))


def _guardian_sentence(guardian: str) -> str:
    if guardian == ZERO_ADDRESS:
        return "Name nobody as guardian"
    return f"Name {guardian} as guardian, armed for one pause of at most 7 days"


def _guardian_changes(act: Act, reader: Reader) -> Sequence[Change]:
    before = reader.client.read(act.target, parameter_book.GUARDIAN)
    is_armed = reader.client.read(act.target, parameter_book.PAUSE_IS_ARMED)
    until = reader.client.read(act.target, parameter_book.PAUSED_UNTIL)
    after = act.args["guardian"]
    changes = [
        Change("Guardian", _somebody(before), _somebody(after)),
        Change("Its pause", _arming(is_armed), _arming(after != ZERO_ADDRESS)),
    ]
    if until > reader.client.head().timestamp:
        changes.append(Change("The pause that runs", f"until {moment_text(until)}", "ends"))
    return changes


def _somebody(address: str) -> str:
    return "nobody" if address == ZERO_ADDRESS else address


def _arming(is_armed: bool) -> str:
    return "armed" if is_armed else "not armed"


def _document_fields() -> Sequence[FormField]:
    kinds = tuple(Choice(kind, label) for kind, label in DOCUMENTS.items())
    return (
        FormField("kind", "Which document", choices=kinds),
        FormField(
            "cid",
            "Its CID",
            hint="Of the document as one raw block: `python -m storage cid FILE` prints it. Empty for none.",
            is_optional=True,
        ),
    )


def _document_draft(answers: Answers) -> Draft:
    kind, text = answers["kind"], answers.get("cid", "").strip()
    digest = _digest_of(text) if text else NO_DIGEST
    call = parameter_book.SET_DOCUMENT.call(address_of("ParameterBook"), kind=short_name(kind), digest=digest)
    return Draft((call,), _document_sentence(kind, digest))


def _digest_of(text: str) -> str:
    try:
        cid = Cid.parse(text)
    except (InvalidCid, UnsupportedCid) as error:
        raise InvalidInput("This is no CID that we read.", field="cid") from error
    if cid.codec != RAW:
        raise InvalidInput("The document must be one raw block: its CID begins with bafkrei.", field="cid")
    return cid.digest_hex


def _document_sentence(kind: str, digest: str) -> str:
    name = DOCUMENTS.get(kind, f"the document {kind}")
    if digest == NO_DIGEST:
        return f"Take back {name}"
    return f"Put {name} of {Cid.from_digest(digest)} in force"


def _document_changes(act: Act, reader: Reader) -> Sequence[Change]:
    kind = short_or_hex(act.args["kind"])
    before = reader.client.read(act.target, parameter_book.DOCUMENT_OF, kind=act.args["kind"])
    name = DOCUMENTS.get(kind, f"the document {kind}")
    return (Change(name[:1].upper() + name[1:], _document(before), _document(act.args["digest"])),)


def _document(digest: str) -> str:
    return "none" if digest == NO_DIGEST else str(Cid.from_digest(digest))


KINDS = (
    ActionKind(
        "guardian",
        "Name the guardian",
        "Who may pause new purchases, approvals and claims once, for 7 days at most; it can move nothing.",
        _guardian_fields,
        _guardian_draft,
    ),
    ActionKind(
        "document",
        "Put a document in force",
        "The ethical guidelines or the rules for data sources, named by their content.",
        _document_fields,
        _document_draft,
    ),
)
SENTENCES = {
    ("ParameterBook", "set_guardian"): lambda act: _guardian_sentence(act.args["guardian"]),
    ("ParameterBook", "set_document"): lambda act: _document_sentence(
        short_or_hex(act.args["kind"]), act.args["digest"]
    ),
}
CHANGES = {
    ("ParameterBook", "set_guardian"): _guardian_changes,
    ("ParameterBook", "set_document"): _document_changes,
}
PARAMETERS: tuple[Parameter, ...] = ()
