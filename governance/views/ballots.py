"""The list of votes on a proposal's page: sorted, filtered, page by page, all by plain links."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import QueryDict

from governance.models import Vote
from governance.selectors.proposals import votes_on
from governance.views.words import SUPPORT_TONES

PAGE_SIZE = 50
ORDERS = {
    "weight": ("Heaviest", ("-weight_units", "vote_id")),
    "newest": ("Newest", ("-cast_block", "vote_id")),
    "oldest": ("Oldest", ("cast_block", "vote_id")),
}
SUPPORTS = {"": "All", "for": "For", "against": "Against", "abstain": "Abstain"}
_BY_WORD = {support.label: support for support in Vote.Support}


@dataclass(frozen=True)
class Ballot:
    """A vote as the table shows it."""

    vote: Vote
    tone: str


@dataclass(frozen=True)
class Link:
    """A choice that the reader has."""

    words: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class BallotPage:
    """One page of the votes, with the ways to the others."""

    ballots: tuple[Ballot, ...]
    orders: tuple[Link, ...]
    supports: tuple[Link, ...]
    count: int
    previous: str
    following: str


def ballot_page(proposal_id: int, query: QueryDict) -> BallotPage:
    """The page that the query asks for; what it does not offer counts as the first choice."""
    order = query.get("sort", "") if query.get("sort", "") in ORDERS else "weight"
    support = query.get("support", "") if query.get("support", "") in SUPPORTS else ""
    votes = votes_on(proposal_id).order_by(*ORDERS[order][1])
    if support:
        votes = votes.filter(support=_BY_WORD[support])
    page = Paginator(votes, PAGE_SIZE).get_page(query.get("page"))

    def href(**changes: str | int) -> str:
        wanted = {"sort": order, "support": support, **changes}
        return f"/proposals/{proposal_id}?{urlencode({k: v for k, v in wanted.items() if v})}#votes"

    return BallotPage(
        ballots=tuple(Ballot(vote, SUPPORT_TONES[vote.support]) for vote in page),
        orders=tuple(Link(words, href(sort=key), key == order) for key, (words, _) in ORDERS.items()),
        supports=tuple(Link(words, href(support=key), key == support) for key, words in SUPPORTS.items()),
        count=page.paginator.count,
        previous=href(page=page.previous_page_number()) if page.has_previous() else "",
        following=href(page=page.next_page_number()) if page.has_next() else "",
    )
