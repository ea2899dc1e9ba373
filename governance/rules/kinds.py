"""What rooms above governance tell it of their contracts: acts to propose, their words, what they change.

Governance knows no contract but its own. Each room lists its acts in a module of its own
(settings.PROPOSAL_ACTIONS) that may hold:

KINDS: the forms by which an act is proposed.
SENTENCES: from (contract, function) to the sentence that a decoded call means.
CHANGES: from (contract, function) to what the call changes, read from the node before it is made.
PARAMETERS: the numbers of the ParameterBook that the room reads.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain.abi import Call
from chain.client import ChainClient
from chain.deployments import Deployment

Arguments = Mapping[str, Any]
Answers = Mapping[str, str]
ActionKey = tuple[str, str]


@dataclass(frozen=True)
class Choice:
    """One value that a field may take."""

    value: str
    label: str


@dataclass(frozen=True)
class FormField:
    """One field of a form. With `choices` it is one of them; a browser checks the `pattern` beforehand."""

    name: str
    label: str
    hint: str = ""
    choices: tuple[Choice, ...] = ()
    pattern: str = ""
    is_optional: bool = False


@dataclass(frozen=True)
class Draft:
    """What a filled form proposes: the calls and a title that says the same."""

    calls: tuple[Call, ...]
    title: str


@dataclass(frozen=True)
class ActionKind:
    """One typed form of a proposal, at /proposals/new/<name>.

    `fields` is asked anew for each page, since choices follow the chain. `draft` raises InvalidInput naming
    the field that does not fit.
    """

    name: str
    title: str
    explanation: str
    fields: Callable[[], Sequence[FormField]]
    draft: Callable[[Answers], Draft]


@dataclass(frozen=True)
class Act:
    """A decoded call: which contract's function at which address, with which arguments and how many wei."""

    target: str
    contract: str
    function: str
    args: Arguments
    value_wei: int = 0


@dataclass(frozen=True)
class Change:
    """One thing that an act changes: how it is at the newest block, and how it is afterwards."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Reader:
    """What changes are read with: a node, and where the contracts are."""

    client: ChainClient
    deployment: Deployment


@dataclass(frozen=True)
class Parameter:
    """A number of the ParameterBook in words; `write` shows a value, `read` takes what a person types.

    bounds: between what the contract lets it be, in words.
    """

    key: str
    label: str
    unit: str
    write: Callable[[int], str]
    read: Callable[[str], int]
    bounds: str = ""


Sentence = Callable[[Act], str]
Changes = Callable[[Act, Reader], Sequence[Change]]


@dataclass(frozen=True)
class ActionWords:
    """Everything that the rooms told, together."""

    kinds: Mapping[str, ActionKind]
    sentences: Mapping[ActionKey, Sentence]
    changes: Mapping[ActionKey, Changes]
    parameters: Mapping[str, Parameter]
