"""Rows as the projections would write them, for tests of what reads them: no chain, fixed values.

Every function writes inside a block's scope, which the database asks for. Times count from `NOW`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from chain import projections
from chain.journal import block_scope
from chain.models import IndexCursor
from governance.models import Proposal, QuorumCheckpoint, SupplyCheckpoint, TimelockOperation, Vote
from governance.rules.descriptions import description_hash
from marketplace.licences import licence_hash
from marketplace.models import Dataset, DatasetVersion, Listing, Payee, Right, VersionMetadata
from storage.cid import Cid

NOW = int(datetime.now(UTC).timestamp())
BLOCK = 100
VOTES = 10**18
DOLLARS = 10**6
CONTRACTS = (
    "VoteToken",
    "Timelock",
    "CommonsGovernor",
    "TestDollar",
    "DatasetToken",
    "AccessPass",
    "ModelToken",
    "ExecutorRegistry",
    "ParameterBook",
    "DataMarket",
    "JobBoard",
    "DisputeBook",
)
STAKE_TERMS = {
    "dispute_bond": "10000000",
    "dispute_slash": "100000000",
    "attest_seconds": 60,
    "stake_token": "TestDollar",
}


def address(number: int) -> str:
    """A checksummed-looking address: decimal digits have no case."""
    return "0x" + f"{number:02d}" * 20


def digest(name: str) -> str:
    """32 bytes that follow from a name."""
    return licence_hash(name)


DOLLAR = address(24)
PROVIDER, RESEARCHER, MEMBER, EXECUTOR = (address(number) for number in (11, 12, 13, 14))


def write_deployment(path: Path, chain_id: int = 31337) -> None:
    """A deployment file whose addresses hold no code."""
    contracts = {name: address(number) for number, name in enumerate(CONTRACTS, start=21)}
    path.parent.mkdir(parents=True, exist_ok=True)
    written = {"chain_id": chain_id, "start_block": 1, "contracts": contracts, "parameters": STAKE_TERMS}
    path.write_text(json.dumps(written))


@contextmanager
def projecting() -> Iterator[None]:
    """Writes of projected rows, as the follower's transaction makes them."""
    with transaction.atomic(), block_scope(BLOCK):
        yield


def add_head(number: int = BLOCK) -> None:
    """The follower's cursor, two seconds ago."""
    IndexCursor.objects.update_or_create(
        id=1,
        defaults={
            "chain_id": 31337,
            "genesis_hash": digest("genesis"),
            "head_number": number,
            "head_hash": digest("head"),
            "head_timestamp": NOW - 2,
            "deep_number": number - 4,
            "projections_digest": projections.load(settings.PROJECTIONS).digest,
        },
    )


def profile_document(columns: int = 4, text: str = "mean radius") -> dict[str, Any]:
    """A profile with a label of two classes and `columns` numeric features."""
    numeric = [
        {
            "name": f"{text} {number}"[:200],
            "type": "real",
            "missing": 0,
            "unique": 456,
            "unique_is_exact": True,
            "minimum": 6.981,
            "maximum": 28.11,
            "mean": 14.127,
            "standard_deviation": 3.5,
            "quantiles": None,
            "histogram": {"edges": list(range(13)), "counts": [1, 4, 9, 30, 80, 120, 90, 40, 12, 3, 0, 1]},
            "top_values": [],
        }
        for number in range(1, columns + 1)
    ]
    classes = [{"value": "benign", "count": 357}, {"value": text[:200] or "malignant", "count": 212}]
    label = {
        **dict.fromkeys(("minimum", "maximum", "mean", "standard_deviation", "quantiles", "histogram")),
        "name": "diagnosis",
        "type": "text",
        "missing": 0,
        "unique": 2,
        "unique_is_exact": True,
        "top_values": classes,
    }
    return {
        "format": "csv",
        "rows": 569,
        "column_count": columns + 1,
        "columns": [*numeric, label],
        "missing_cells": 0,
        "preview": [],
        "label": {"column": "diagnosis", "classes": classes, "largest_share": 0.627},
        "quantum": {
            "numeric_features": columns,
            "qubits_angle": columns,
            "qubits_amplitude": max(1, (columns - 1).bit_length()),
            "suggested_pca_qubits": min(6, columns),
            "pca_explained_variance": [0.44, 0.63, 0.72, 0.79, 0.84, 0.88][:columns],
        },
    }


def add_dataset(token_id: int = 1, *, title: str = "Breast cancer Wisconsin", **metadata: Any) -> Dataset:
    """A minted dataset with one version, metadata as read and two payees; `document` is its digest."""
    moment = datetime.fromtimestamp(NOW - 3600 + token_id, UTC)
    content = Cid.from_digest(digest(f"content {token_id}"), 0x55)
    document = metadata.pop("document", digest(f"metadata {token_id}"))
    licence = metadata.pop("licence", "CC-BY-4.0")
    VersionMetadata.objects.create(
        digest=document,
        title=title,
        content_cid=str(content),
        licence=licence,
        **{
            "state": "READ",
            "description": "Thirty measures of cell nuclei, with the diagnosis.",
            "creator": "The provider",
            "keywords": ["medicine", "tabular"],
            "file_name": "breast_cancer.csv",
            "label_column": "diagnosis",
            "profile": profile_document(),
            **metadata,
        },
    )
    with projecting():
        dataset = Dataset.objects.create(
            token_id=token_id,
            owner=PROVIDER,
            minted_by=PROVIDER,
            minted_block=BLOCK,
            minted_at=moment,
            minted_tx=digest(f"mint {token_id}"),
            allow_compute=True,
            rows_in_model=2,
            algorithms=["qsvm"],
            standing_consent=True,
            job_fee_token=DOLLAR,
            job_fee_units=2 * DOLLARS,
            version_count=1,
            newest_metadata_digest=document,
        )
        DatasetVersion.objects.create(
            key=f"{token_id}/1",
            dataset_id=token_id,
            number=1,
            codec=0x55,
            content_digest=digest(f"content {token_id}"),
            metadata_digest=document,
            licence_hash=licence_hash(licence),
            size_bytes=124_567,
            published_block=BLOCK,
            published_at=moment,
            published_tx=digest(f"mint {token_id}"),
        )
        _add_payees(token_id)
    return dataset


def _add_payees(token_id: int) -> None:
    for position, (payee, parts) in enumerate(((PROVIDER, 9_000), (MEMBER, 1_000))):
        Payee.objects.create(
            key=f"{token_id}/{position}", dataset_id=token_id, position=position, address=payee, parts=parts
        )


def add_listing(
    listing_id: int = 1, *, dataset_id: int = 1, right: int = Right.COMPUTE, **fields: Any
) -> Listing:
    """An open listing for 25 dollars; `fields` override the row's."""
    with projecting():
        return Listing.objects.create(
            listing_id=listing_id,
            right=right,
            **{
                "subject_kind": 0,
                "subject_id": dataset_id,
                "seller": PROVIDER,
                "first_version": 1,
                "payment_token": DOLLAR,
                "price_units": 25 * DOLLARS,
                "stock": 0,
                "pass_seconds": 0,
                "pass_uses": 0,
                "closes_at": 0,
                "listed_block": BLOCK,
                "listed_at": datetime.fromtimestamp(NOW - 3000, UTC),
                "listed_tx": digest(f"list {listing_id}"),
                **fields,
            },
        )


def add_quorum(supply: int = 1_000_000, percent: int = 4) -> None:
    """The supply of votes and the quorum's percentage, long before now."""
    with projecting():
        SupplyCheckpoint.objects.update_or_create(at=NOW - 10**6, defaults={"units": supply * VOTES})
        QuorumCheckpoint.objects.update_or_create(at=NOW - 10**6, defaults={"percent": percent})


def add_proposal(proposal_id: int = 1, *, description: str = "Run job 1", **fields: Any) -> Proposal:
    """A proposal in the middle of its vote; `fields` override, e.g. deadline_at for another state."""
    with projecting():
        return Proposal.objects.create(
            proposal_id=proposal_id,
            proposer=MEMBER,
            description=description,
            description_hash=description_hash(description),
            created_tx=digest(f"propose {proposal_id}"),
            **{
                "targets": [address(99)],
                "values_wei": ["0"],
                "calldatas": ["0xdeadbeef"],
                "snapshot_at": NOW - 100,
                "deadline_at": NOW + 100,
                "created_at": NOW - 102,
                "created_block": BLOCK + proposal_id,
                **fields,
            },
        )


def add_vote(
    proposal_id: int, voter: int, *, support: int = 1, votes: int = 10_000, reason: str = ""
) -> Vote:
    """A vote and its part of the proposal's sums."""
    name = {0: "against_units", 1: "for_units", 2: "abstain_units"}[support]
    with projecting():
        proposal = Proposal.objects.get(pk=proposal_id)
        setattr(proposal, name, getattr(proposal, name) + votes * VOTES)
        proposal.voters += 1
        proposal.save()
        return Vote.objects.create(
            vote_id=Vote.key_of(proposal_id, address(voter)),
            proposal_id=proposal_id,
            voter=address(voter),
            support=support,
            weight_units=votes * VOTES,
            reason=reason,
            cast_at=NOW - 50,
            cast_block=BLOCK,
            cast_tx=digest(f"vote {proposal_id} {voter}"),
        )


def mark_queued(proposal_id: int) -> None:
    """The proposal's vote is over, won, and it waits in the timelock."""
    with projecting():
        Proposal.objects.filter(pk=proposal_id).update(
            deadline_at=NOW - 60,
            eta_at=NOW + 30,
            queued_at=NOW - 40,
            queued_block=BLOCK,
            queued_tx=digest("queue"),
        )
        TimelockOperation.objects.create(
            operation_id=digest(f"operation {proposal_id}"),
            proposal_id=proposal_id,
            scheduled_tx=digest("queue"),
            ready_at=NOW + 30,
        )
