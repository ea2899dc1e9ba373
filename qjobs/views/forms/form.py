"""The shape of one algorithm's form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from qjobs.spec import JobSpec
from qjobs.views.forms.fields import Section
from qjobs.views.forms.table import TableOffer


def _nothing(offer: TableOffer) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Form:
    """`sections` gives the fields for a dataset; `problem` says in words why it cannot read the dataset, or
    nothing; `context` is what its templates need besides; `is_free`: it can do without a dataset.

    `own_key`: its name in addresses, where that of the algorithm is another form's. `fixed`: path, kind and
    value of what the form says without asking. `takes_parent`: it can start from a model.
    """

    algorithm: str
    name: str
    words: str
    kind: type[JobSpec]
    problem: Callable[[TableOffer], str]
    sections: Callable[[TableOffer], tuple[Section, ...]]
    context: Callable[[TableOffer], Mapping[str, Any]] = field(default=_nothing)
    is_free: bool = False
    own_key: str = ""
    fixed: tuple[tuple[str, str, str], ...] = ()
    takes_parent: bool = False

    @property
    def key(self) -> str:
        return self.own_key or self.algorithm


def needs_features(offer: TableOffer) -> str:
    """For forms that read two numeric columns or more."""
    return "" if len(offer.features) > 1 else "It needs at least two numeric columns."
