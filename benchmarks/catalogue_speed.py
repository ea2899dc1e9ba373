"""Times of catalogue and dataset pages through the whole Django stack, in process; no node is asked.

The entries are made by `marketplace_catalogue_enter`, which the triggers on the follower's rows call.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from statistics import quantiles

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client

from benchmarks.environment import ROOT
from config import env
from config.stack.postgres import test_cluster
from marketplace import tokens
from marketplace.models import Dataset, DatasetVersion, Listing, VersionMetadata
from marketplace.tokens import Token
from tests.fakes import rows

DATASETS = 100_000
BATCH = 1_000
SAMPLES = 60
SEARCH_GOAL_MS, PAGE_GOAL_MS = 100.0, 50.0
LICENCES = ("CC-BY-4.0", "CC0-1.0", "MIT", "ODbL-1.0", "")
# Word number n stands in about one title of n + 2: some fit half of all, some hardly any.
WORDS = tuple(
    f"{first}{second}" for first in ("cell", "star", "iris", "wave") for second in ("ular", "ine", "o")
)


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one kind of request."""

    name: str
    p50_ms: float
    p95_ms: float
    goal_ms: float


def main(count: int) -> None:
    """Fills the database, measures, says whether the goals are met."""
    with test_cluster() as cluster:
        settings.DATABASES["default"].update(env.database(cluster.database_url))
        connections["default"].settings_dict.update(env.database(cluster.database_url))
        call_command("migrate", verbosity=0)
        rows.write_deployment(settings.DEPLOYMENT_FILE)
        tokens._ask = lambda address: Token(address, "TUSD", 6)  # type: ignore[assignment]
        rows.add_head()
        started = time.monotonic()
        _fill(count)
        print(f"{count:,} datasets in {time.monotonic() - started:.0f} s, load {os.getloadavg()[0]:.1f}")
        timings = [_timing(*kind) for kind in _kinds(count)]
        connection.close()
    _report(count, timings)


def _fill(count: int) -> None:
    chance = random.Random(1)
    for first in range(1, count + 1, BATCH):
        token_ids = range(first, min(first + BATCH, count + 1))
        with transaction.atomic(), connection.cursor() as cursor:
            # The rows come without their triggers; the last line does what those would do.
            cursor.execute("SET LOCAL session_replication_role = replica")
            VersionMetadata.objects.bulk_create(_metadata(token_id, chance) for token_id in token_ids)
            Dataset.objects.bulk_create(_dataset(token_id, chance) for token_id in token_ids)
            DatasetVersion.objects.bulk_create(_version(token_id) for token_id in token_ids)
            Listing.objects.bulk_create(_listing(token_id, chance) for token_id in token_ids if token_id % 2)
            cursor.execute(
                "SELECT marketplace_catalogue_enter(token_id) FROM unnest(%s::bigint[]) AS token_id",
                [list(token_ids)],
            )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _metadata(token_id: int, chance: random.Random) -> VersionMetadata:
    words = [word for number, word in enumerate(WORDS) if chance.random() < 1 / (number + 2)]
    profile = rows.profile_document(chance.randrange(2, 12)) | {"rows": int(10 ** chance.uniform(1, 6))}
    return VersionMetadata(
        digest=rows.digest(f"metadata {token_id}"),
        state=VersionMetadata.State.READ,
        title=f"{' '.join(words)} measures, series {token_id}"[:200],
        description=f"Measures of {', '.join(words)} from station {token_id % 997}, with a label. " * 3,
        licence=chance.choice(LICENCES),
        creator=f"Group {token_id % 211}",
        keywords=words[:3],
        label_column="diagnosis",
        profile=profile,
    )


def _dataset(token_id: int, chance: random.Random) -> Dataset:
    return Dataset(
        token_id=token_id,
        owner=rows.address(token_id % 50 + 10),
        minted_by=rows.address(token_id % 50 + 10),
        minted_block=token_id,
        minted_at=_moment(token_id),
        minted_tx=rows.digest(f"mint {token_id}"),
        allow_compute=True,
        allow_download=chance.random() < 0.5,
        rows_in_model=2,
        algorithms=["qsvm"],
        standing_consent=True,
        job_fee_token=rows.DOLLAR,
        job_fee_units=2 * rows.DOLLARS,
        version_count=1,
        newest_metadata_digest=rows.digest(f"metadata {token_id}"),
    )


def _version(token_id: int) -> DatasetVersion:
    return DatasetVersion(
        key=f"{token_id}/1",
        dataset_id=token_id,
        number=1,
        codec=0x55,
        content_digest=rows.digest(f"content {token_id}"),
        metadata_digest=rows.digest(f"metadata {token_id}"),
        licence_hash=rows.digest("CC-BY-4.0"),
        size_bytes=token_id * 100,
        published_block=token_id,
        published_at=_moment(token_id),
        published_tx=rows.digest(f"mint {token_id}"),
    )


def _listing(token_id: int, chance: random.Random) -> Listing:
    return Listing(
        listing_id=token_id,
        subject_kind=0,
        subject_id=token_id,
        seller=rows.address(token_id % 50 + 10),
        right=2,
        first_version=1,
        payment_token=rows.DOLLAR,
        price_units=chance.randrange(0, 200) * rows.DOLLARS,
        stock=0,
        pass_seconds=0,
        pass_uses=0,
        closes_at=0,
        listed_block=token_id,
        listed_at=_moment(token_id),
        listed_tx=rows.digest(f"list {token_id}"),
    )


def _moment(token_id: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=token_id)


def _kinds(count: int) -> list[tuple[str, Callable[[random.Random], str], float]]:
    """What is asked for, each time anew, and the goal."""

    def narrowed(chance: random.Random) -> str:
        return f"/datasets?licence={chance.choice(LICENCES[:4])}&size=large&rights=both"

    return [
        ("newest page", lambda chance: "/datasets", PAGE_GOAL_MS),
        ("page in the middle", lambda chance: f"/datasets?before={chance.randrange(count)}", PAGE_GOAL_MS),
        ("a frequent word (half fit)", lambda chance: f"/datasets?q={WORDS[0]}", SEARCH_GOAL_MS),
        ("any word", lambda chance: f"/datasets?q={chance.choice(WORDS)}", SEARCH_GOAL_MS),
        ("two words", lambda chance: "/datasets?q=" + "+".join(chance.sample(WORDS, 2)), SEARCH_GOAL_MS),
        ("one station", lambda chance: f"/datasets?q=station+{chance.randrange(997)}", SEARCH_GOAL_MS),
        ("three filters", narrowed, SEARCH_GOAL_MS),
        ("cheapest first", lambda chance: f"/datasets?sort=price&q={chance.choice(WORDS)}", SEARCH_GOAL_MS),
        ("most rows first", lambda chance: "/datasets?sort=rows", PAGE_GOAL_MS),
        ("API search", lambda chance: f"/api/v1/datasets?q={chance.choice(WORDS)}", SEARCH_GOAL_MS),
        ("dataset page", lambda chance: f"/datasets/{chance.randrange(1, count + 1)}", PAGE_GOAL_MS),
    ]


def _timing(name: str, address: Callable[[random.Random], str], goal_ms: float) -> Timing:
    client, chance, spent = Client(SERVER_NAME="127.0.0.1"), random.Random(2), []
    for number in range(SAMPLES + 3):
        asked = address(chance)
        started = time.perf_counter()
        answer = client.get(asked)
        taken = time.perf_counter() - started
        if answer.status_code != 200:
            sys.exit(f"{asked} answered {answer.status_code}")
        if number >= 3:  # the first ones load templates and plans
            spent.append(taken * 1e3)
    cuts = quantiles(spent, n=20)
    return Timing(name, round(cuts[9], 1), round(cuts[18], 1), goal_ms)


def _report(count: int, timings: list[Timing]) -> None:
    for each in timings:
        verdict = "met" if each.p95_ms < each.goal_ms else "MISSED"
        times = f"p50 {each.p50_ms:7.1f} ms  p95 {each.p95_ms:7.1f} ms"
        print(f"  {each.name:28} {times}  goal < {each.goal_ms:.0f}  {verdict}")
    path = ROOT / "build" / "bench-catalogue.json"
    path.parent.mkdir(exist_ok=True)
    document = {"datasets": count, "load": os.getloadavg()[0], "timings": [asdict(each) for each in timings]}
    path.write_text(json.dumps(document, indent=1) + "\n")
    print(f"{path.relative_to(ROOT)} written")
    if any(each.p95_ms >= each.goal_ms for each in timings):
        sys.exit(1)


if __name__ == "__main__":
    main()
