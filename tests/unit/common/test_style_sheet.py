"""The colours of the style sheet can be read: WCAG 2.2 AA, light and dark."""

import re
from pathlib import Path

import pytest

SHEET = (Path(__file__).parents[3] / "static" / "qommons.css").read_text()
LIGHT, _, DARK = SHEET.partition("prefers-color-scheme: dark")
MINIMUM = 4.5
PAIRS = (
    ("ink", "paper"),
    ("ink", "panel"),
    ("muted", "paper"),
    ("muted", "panel"),
    ("accent", "paper"),
    ("accent", "panel"),
    ("accent", "accent-soft"),
    ("good", "good-soft"),
    ("wait", "wait-soft"),
    ("bad", "bad-soft"),
    ("bad", "paper"),
    ("paper", "accent"),
    ("ink", "bad-soft"),
    ("ink", "wait-soft"),
    ("ink", "accent-soft"),
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), PAIRS)
def test_text_stands_out_from_its_ground(scheme: str, front: str, back: str) -> None:
    sheet = LIGHT if scheme == "light" else DARK

    lighter, darker = sorted((luminance(sheet, front), luminance(sheet, back)), reverse=True)

    assert (lighter + 0.05) / (darker + 0.05) >= MINIMUM


def luminance(sheet: str, token: str) -> float:
    """Relative luminance of a token's colour (WCAG 2.2)."""
    found = re.search(rf"--q-{token}: #([0-9a-fA-F]{{6}});", sheet)
    assert found is not None, token
    parts = [int(found[1][index : index + 2], 16) / 255 for index in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_sheet_asks_nothing_from_elsewhere() -> None:
    assert "http" not in SHEET
    assert "@import" not in SHEET
    assert "url(" not in SHEET
