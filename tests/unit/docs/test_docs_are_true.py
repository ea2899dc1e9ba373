"""The docs are held to the code: settings, paths, commands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SETTING = re.compile(r'(?:env\.(?:text|flag|integer|path)|_endpoint)\(\s*"([A-Z_]+)"')
CODE_SPAN = re.compile(r"`([^`\n]+)`")


def _settings_read() -> set[str]:
    sources = [*ROOT.glob("config/**/*.py")]
    return {name for file in sources for name in SETTING.findall(file.read_text())}


def test_operations_names_every_setting_that_the_code_reads() -> None:
    documented = set(CODE_SPAN.findall((ROOT / "docs/operations.md").read_text()))

    assert _settings_read() - documented == set()


@pytest.mark.parametrize("page", ["docs/walk.md", "docs/architecture.md", "README.md"])
def test_every_path_named_in_a_page_exists(page: str) -> None:
    spans = CODE_SPAN.findall((ROOT / page).read_text())
    paths = {span for span in spans if re.fullmatch(r"[\w.-]+(/[\w.-]+)+/?", span)}
    written_at_run_time = {path for path in paths if path.startswith(("var/", "build/"))}

    missing = {path for path in paths - written_at_run_time if not (ROOT / path).exists()}

    assert missing == set()
