"""Figures are small, well-formed and true to their numbers."""

import base64
from xml.etree import ElementTree

import pytest

from common import svg

SVG = "{http://www.w3.org/2000/svg}"


def shapes(figure: str, tag: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(figure).findall(SVG + tag)


def test_histogram_highest_count_fills_the_height_and_rare_ones_stay_visible() -> None:
    bars = [bar for bar in shapes(svg.histogram([1, 1000, 0, 500]), "rect") if bar.get("class") == "a"]

    heights = [float(bar.get("height", "0")) for bar in bars]

    assert heights == [1.5, 30, 15]


def test_histogram_of_nothing_is_an_empty_figure() -> None:
    assert shapes(svg.histogram([]), "rect") == []
    assert len(shapes(svg.histogram([0, 0]), "rect")) == 1


def test_shares_are_drawn_in_their_proportion() -> None:
    bars = shapes(svg.shares(3, 1, 0), "rect")

    assert [bar.get("class") for bar in bars] == ["r", "a", "b"]
    assert float(bars[2].get("x", "0")) == 90


def test_shares_without_votes_are_an_empty_bar() -> None:
    assert [bar.get("class") for bar in shapes(svg.shares(0, 0, 0), "rect")] == ["r"]


def test_interval_strip_places_value_between_its_ends() -> None:
    strip = svg.interval_strip(0.5, 0.4, 0.6, axis=(0.0, 1.0), splits=(0.1, 0.9), ticks=(0.0, 0.5, 1.0))

    dots = [float(dot.get("cx", "0")) for dot in shapes(strip, "circle")]

    assert dots[-1] == 160
    assert dots[0] < dots[-1] < dots[1]


@pytest.mark.parametrize(
    ("numbers", "axis"),
    [
        ((0.931, 0.984), (0.93, 0.99)),
        ((0.5,), (0.5, 0.51)),
        ((0.0, 1.0), (0.0, 1.0)),
        ((0.42, 0.88), (0.4, 0.9)),
    ],
)
def test_axis_holds_all_numbers_on_round_steps(numbers: tuple[float, ...], axis: tuple[float, float]) -> None:
    found, ticks = svg.axis_of(numbers)

    assert found == pytest.approx(axis)
    assert found[0] <= min(numbers) <= max(numbers) <= found[1]
    assert 2 <= len(ticks) <= 7


def test_data_url_holds_the_figure() -> None:
    figure = svg.axis_strip(axis=(0, 1), ticks=(0, 0.5, 1))

    assert base64.b64decode(svg.data_url(figure).partition(",")[2]).decode() == figure
    assert [text.text for text in shapes(figure, "text")] == ["0.00", "0.50", "1.00"]
