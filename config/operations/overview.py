"""Everything on the operator's one page, asked once."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from chain.client import ChainClient
from config.operations import accounts, content, following, work
from config.operations.parts import parts
from config.operations.work import StuckWork, stuck_work
from config.stack.findings import Finding

# A node that hangs makes the page late by this much a question, not for ever.
NODE_SECONDS = 2.0


@dataclass(frozen=True)
class Group:
    """Findings about one thing, under a heading."""

    title: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Overview:
    """What is fine, what is not, and the rows that wait for a person."""

    groups: tuple[Group, ...]
    stuck: StuckWork

    @property
    def findings(self) -> list[Finding]:
        return [finding for group in self.groups for finding in group.findings]

    @property
    def broken(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_broken]


def overview(now: datetime) -> Overview:
    """The state of this installation at this moment."""
    return Overview(
        groups=tuple(Group(title, tuple(found)) for title, found in _looks(now)), stuck=stuck_work(now)
    )


def _looks(now: datetime) -> list[tuple[str, list[Finding]]]:
    node = ChainClient(settings.CHAIN_RPC_URL, settings.CHAIN_ID, timeout_seconds=NODE_SECONDS)
    return [
        ("Chain", [following.index(node, now), following.rows(), following.reorganisations(now)]),
        ("Work", [*work.queues(now), work.runs(), work.transactions()]),
        ("Accounts", accounts.balances(node)),
        ("Content", [content.pins(), *content.scrubs(now), *content.disk()]),
        ("Parts", parts()),
    ]
