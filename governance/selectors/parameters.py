"""What members have set in the ParameterBook, from rows alone."""

from dataclasses import dataclass

from governance.models import BookAllowance, BookDocument, BookValue, Guardian
from governance.selectors.clock import chain_time


@dataclass(frozen=True)
class Pause:
    """A pause that runs: new purchases, approvals and claims stand still until then, in the chain's time."""

    guardian: str
    until: int


@dataclass(frozen=True)
class ParametersView:
    """Everything in force. `guardian` is None where members never named one."""

    values: tuple[BookValue, ...]
    allowances: tuple[BookAllowance, ...]
    documents: tuple[BookDocument, ...]
    guardian: Guardian | None
    pause: Pause | None


def current_pause() -> Pause | None:
    """The pause that runs now, if one does."""
    return _pause_of(Guardian.objects.first())


def view_parameters() -> ParametersView:
    """What holds for everything that comes after."""
    guardian = Guardian.objects.first()
    return ParametersView(
        values=tuple(BookValue.objects.all()),
        allowances=tuple(BookAllowance.objects.filter(is_allowed=True)),
        documents=tuple(BookDocument.objects.exclude(digest=None)),
        guardian=guardian,
        pause=_pause_of(guardian),
    )


def _pause_of(guardian: Guardian | None) -> Pause | None:
    if guardian is None or not guardian.paused_until or chain_time() >= guardian.paused_until:
        return None
    return Pause(guardian.address or "", int(guardian.paused_until))
