"""Yesterday's dump, restored as docs/operations.md says: the chain tells the rest, people's rows are kept."""

import os
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from config.stack.postgres_binaries import wheel_folder
from marketplace.models import Dataset, Purchase, Upload
from tests.integration.marketplace.acts import ApiWallet, Market, buy, projected_rows, put_up, transfer

pytestmark = pytest.mark.fault("F33")


def run(program: str, *words: str) -> None:
    """One of PostgreSQL's own programs on this test's database."""
    place = connection.settings_dict
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    given = {variable: str(place[name]) for variable, name in names.items() if place[name]}
    subprocess.run(
        [str(wheel_folder() / "bin" / program), *words],
        env={**os.environ, **given},
        check=True,
        timeout=120,
        capture_output=True,
    )


def restore(dump: Path) -> None:
    connection.close()
    run(
        "pg_restore",
        "--clean",
        "--if-exists",
        "--single-transaction",
        f"--dbname={connection.settings_dict['NAME']}",
        str(dump),
    )


@pytest.mark.parametrize("is_reorganised", [False, True], ids=["same chain", "reorganised since"])
def test_restored_dump_follows_the_chain_to_the_rows_that_were_never_lost(
    market: Market,
    listed: tuple[str, str],
    provider: ApiWallet,
    researcher: ApiWallet,
    stranger: ApiWallet,
    tmp_path: Path,
    settings,
    is_reorganised: bool,
) -> None:
    settings.PROJECTIONS = ["marketplace.projections"]
    dump = tmp_path / "yesterday.dump"
    run("pg_dump", "--format=custom", f"--file={dump}")
    if is_reorganised:
        market.node.rpc("anvil_reorg", 1, [])
        market.follow()
        assert provider.get("listings").json()["results"] == []
        listed = (listed[0], put_up(market, provider, listed[0], stock=5))
    buy(market, researcher, listed[1])
    transfer(market, provider, stranger, listed[0])
    never_lost = projected_rows()

    restore(dump)

    assert (Dataset.objects.get().owner, Purchase.objects.count()) == (provider.address, 0)
    market.follow()
    assert projected_rows() == never_lost
    assert Dataset.objects.get().owner == stranger.address
    assert [row.owner.address for row in Upload.objects.all()] == [provider.address]
    assert provider.get("auth/me").json()["address"] == provider.address
    call_command("rebuild_projections", stdout=StringIO())
    assert projected_rows() == never_lost
