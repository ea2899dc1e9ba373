"""What the proposal pages show, as values: from the selectors' views to words, shares and times."""

from dataclasses import dataclass

from governance.rules.descriptions import body_of, title_of
from governance.selectors.proposals import ProposalView, timeline_of
from governance.views.words import MILESTONES, STATES, StateInWords


@dataclass(frozen=True)
class Block:
    """A paragraph, or the items of a list."""

    text: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProposalCard:
    """A proposal in a list. Times in unix seconds, votes in base units."""

    proposal_id: int
    title: str
    blocks: tuple[Block, ...]
    state: StateInWords
    proposer: str
    for_units: int
    against_units: int
    abstain_units: int
    voters: int
    quorum_units: int
    quorum_missing_units: int
    snapshot_at: int
    next_at: int
    has_started: bool
    ends_in_future: bool

    @property
    def for_share(self) -> float:
        """The part of the votes cast that are for."""
        return self.share(self.for_units)

    def share(self, units: int) -> float:
        """The part of the votes cast that these are; 0 where nobody voted."""
        cast = self.for_units + self.against_units + self.abstain_units
        return units / cast if cast else 0.0


@dataclass(frozen=True)
class Bar:
    """One bar of the tally; `name` is a class of the style sheet."""

    name: str
    label: str
    units: int
    share: float

    @property
    def permille(self) -> int:
        return round(self.share * 1000)


@dataclass(frozen=True)
class Moment:
    """One point of a timeline."""

    title: str
    at: int
    is_past: bool
    is_failure: bool = False
    text: str = ""
    block: int | None = None
    tx_hash: str | None = None


def card_of(view: ProposalView) -> ProposalCard:
    """The card of one proposal at the view's time."""
    row, facts = view.proposal, view.facts
    has_started = facts.snapshot_at < view.chain_time
    return ProposalCard(
        proposal_id=int(row.proposal_id),
        title=title_of(row.description),
        blocks=blocks_of(body_of(row.description)),
        state=STATES[view.state],
        proposer=row.proposer,
        for_units=facts.for_units,
        against_units=facts.against_units,
        abstain_units=facts.abstain_units,
        voters=row.voters,
        quorum_units=facts.quorum_units,
        quorum_missing_units=facts.quorum_missing_units,
        snapshot_at=facts.snapshot_at,
        next_at=facts.voting_ends_at if has_started else facts.snapshot_at,
        has_started=has_started,
        ends_in_future=facts.voting_ends_at >= view.chain_time,
    )


def blocks_of(body: str) -> tuple[Block, ...]:
    """The description after its title line as paragraphs and lists; nothing else of Markdown is read."""
    _, _, rest = body.partition("\n")
    return tuple(_block(part.strip().splitlines()) for part in rest.split("\n\n") if part.strip())


def _block(lines: list[str]) -> Block:
    if all(line.startswith("- ") for line in lines):
        return Block(items=tuple(line[2:] for line in lines))
    return Block(text="\n".join(lines))


def bars_of(card: ProposalCard) -> list[Bar]:
    """For, against and abstain as parts of the votes cast."""
    return [
        Bar("for", "For", card.for_units, card.share(card.for_units)),
        Bar("against", "Against", card.against_units, card.share(card.against_units)),
        Bar("abstain", "Abstain", card.abstain_units, card.share(card.abstain_units)),
    ]


def quorum_permille(card: ProposalCard) -> int:
    """How full the quorum is, in thousandths; full where none is asked."""
    if not card.quorum_units:
        return 1000
    return min(1000, (card.quorum_units - card.quorum_missing_units) * 1000 // card.quorum_units)


def moments_of(view: ProposalView) -> list[Moment]:
    """The proposal's timeline in words."""
    return [
        Moment(
            title=MILESTONES[point.event],
            at=point.at,
            is_past=point.is_done,
            is_failure=point.event == "canceled",
            block=point.block,
            tx_hash=point.tx_hash,
        )
        for point in timeline_of(view)
    ]
