"""A picture of what came from what: columns of numbered boxes with lines between them, as SVG text."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.svg import figure

_WIDTH, _HEIGHT, _ROW, _COLUMN = 112, 30, 42, 172


@dataclass(frozen=True)
class Box:
    """A box in a column from the left; only our own words and numbers, never a stranger's text."""

    key: str
    column: int
    words: str
    is_accent: bool = False


@dataclass(frozen=True)
class Picture:
    """SVG text and its size in pixels."""

    svg: str
    width: int
    height: int


def picture(boxes: Sequence[Box], lines: Sequence[tuple[str, str]]) -> Picture:
    """Boxes stand under each other in their columns; each line runs from one box's key to another's."""
    columns: dict[int, list[Box]] = {}
    for box in boxes:
        columns.setdefault(box.column, []).append(box)
    height = max(len(column) for column in columns.values()) * _ROW
    places = {
        box.key: (column * _COLUMN + 1, (height - len(inside) * _ROW) / 2 + row * _ROW + (_ROW - _HEIGHT) / 2)
        for column, inside in columns.items()
        for row, box in enumerate(inside)
    }
    body = [_line(places[start], places[end]) for start, end in lines]
    body += [_box(box, *places[box.key]) for box in boxes]
    width = max(columns) * _COLUMN + _WIDTH + 2
    return Picture(figure(width, height, "".join(body)), width, height)


def _line(start: tuple[float, float], end: tuple[float, float]) -> str:
    left, right = start[0] + _WIDTH, end[0]
    high, low = start[1] + _HEIGHT / 2, end[1] + _HEIGHT / 2
    middle = (left + right) / 2
    return (
        f'<path class="m-line" fill="none" stroke-width="1.5" '
        f'd="M{left:g} {high:g}C{middle:g} {high:g} {middle:g} {low:g} {right:g} {low:g}"/>'
    )


def _box(box: Box, x: float, y: float) -> str:
    tone = "a" if box.is_accent else "m"
    return (
        f'<rect class="{tone}-line" fill="none" x="{x:g}" y="{y:g}" rx="5" '
        f'width="{_WIDTH}" height="{_HEIGHT}"/>'
        f'<text class="{"a" if box.is_accent else "i"}" x="{x + _WIDTH / 2:g}" y="{y + 19.5:g}" '
        f'text-anchor="middle">{box.words}</text>'
    )
