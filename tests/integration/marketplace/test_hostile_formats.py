"""Hostile names and cells in every format that we take: text, no formula, no path, no page of ours."""

import csv
import io
import stat
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from marketplace.models import Upload
from marketplace.store import content_store
from storage.cid import Cid
from tests.fakes.tables import csv_of, json_of, npz_of, parquet_of
from tests.integration.marketplace.acts import ApiWallet
from tests.integration.marketplace.private import make_release_key, upload_privately
from tests.integration.pages.test_hostile_text import Markup

pytestmark = pytest.mark.django_db
WRITERS = {"parquet": parquet_of, "jsonl": json_of, "npz": npz_of, "csv": csv_of}
SCRIPT = "<script>alert(1)</script>"
IMAGE = "'><img src=x onerror=alert(1)>"
FORMULAS = ("=HYPERLINK(1)", "+1", "-1", "@SUM(A1)")


@pytest.fixture(params=WRITERS)
def written(request: pytest.FixtureRequest) -> Any:
    """Makes a table of columns in one of the formats."""
    return WRITERS[request.param]


@pytest.mark.attack("S18")
def test_hostile_names_and_cells_are_text_to_their_provider(provider: ApiWallet, written: Any) -> None:
    cells = [f"{IMAGE}{row % 3}" for row in range(12)]
    content = written({"x": list(range(12)), SCRIPT: cells, "copy": cells})

    upload = provider.sign_in().upload(content).json()

    page = provider.client.get(f"/datasets/publish/{upload['id']}").content.decode()
    reader = Markup()
    reader.feed(page)
    assert reader.dangers == []
    assert "holds the same cells as" in page
    assert page.count("&lt;script&gt;alert(1)") >= 3
    assert "&lt;img src=x" in page


@pytest.mark.attack("S21")
def test_names_that_a_spreadsheet_would_compute_are_text_in_the_made_up_rows(
    provider: ApiWallet, written: Any, settings, tmp_path: Path
) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    make_release_key()
    columns = {name: [1, 2, 3] for name in (*FORMULAS, "plain")}

    answer = upload_privately(provider.sign_in(), written(columns), shown=("columns", "mock"))

    assert answer.status_code == 201, answer.content
    mock = b"".join(content_store().open(Cid.parse(Upload.objects.get().mock_cid))).decode()
    (header, *rows) = csv.reader(io.StringIO(mock))
    assert header == [*(f"'{name}" for name in FORMULAS), "plain"]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.attack("S22")
def test_paths_and_links_in_an_archive_name_columns_and_no_file(
    provider: ApiWallet, content_folder: Path, tmp_path: Path
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("../../evil", "/evil", "..\\evil", "\u2215evil"):
            array = io.BytesIO()
            np.save(array, np.arange(3))
            archive.writestr(f"{name}.npy", array.getvalue())
        link = zipfile.ZipInfo("link.npy")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, array.getvalue())

    upload = provider.sign_in().upload(packed.getvalue()).json()

    names = [column["name"] for column in upload["profile"]["columns"]]
    assert names == ["../../evil", "/evil", "..\\evil", "\u2215evil", "link"]
    assert [path for path in tmp_path.rglob("*") if "evil" in path.name or path.is_symlink()] == []
    assert [str(root) for root in content_store().layout.roots()] == [upload["cid"]]


@pytest.mark.attack("S24")
def test_no_format_comes_back_as_a_page_of_ours(provider: ApiWallet, written: Any) -> None:
    upload = provider.sign_in().upload(written({"x": [1, 2, 3], SCRIPT: [SCRIPT, "x", "y"]})).json()

    answer = provider.client.get(f"/ipfs/{upload['cid']}")

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"
