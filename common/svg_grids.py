"""Grids of numbers as SVG text: a kernel as shades, a confusion matrix as four counted fields."""

from collections.abc import Sequence

from common.svg import figure

_CELL = 88
_HEAD = 22
_COUNTS = "<style>.n{font-size:18px;font-weight:600}</style>"


def shades(rows: Sequence[Sequence[float]], *, side: int = 224) -> str:
    """A square of cells, each as dark as its number is near 1; numbers lie in [0, 1]."""
    step = side / max(len(rows), 1)
    cells = [
        f'<rect class="a" x="{column * step:.2f}" y="{row * step:.2f}" width="{step:.2f}" '
        f'height="{step:.2f}" opacity="{min(max(number, 0.0), 1.0):.3f}"/>'
        for row, numbers in enumerate(rows)
        for column, number in enumerate(numbers)
    ]
    ground = f'<rect class="r" x="0" y="0" width="{side}" height="{side}"/>'
    return figure(side, side, ground + "".join(cells))


def confusion(counts: tuple[int, int, int, int]) -> str:
    """Counts of true positive, false negative, false positive, true negative, in two rows of two."""
    width, height = 2 * _CELL + _HEAD, 2 * _CELL + _HEAD
    positive, negative = max(sum(counts[:2]), 1), max(sum(counts[2:]), 1)
    fields = [
        _field(column, row, count, whole)
        for (row, column), count, whole in zip(
            ((0, 0), (0, 1), (1, 0), (1, 1)),
            counts,
            (positive, positive, negative, negative),
            strict=True,
        )
    ]
    heads = [
        f'<text class="m" x="{_HEAD + (column + 0.5) * _CELL:g}" y="14" text-anchor="middle">{words}</text>'
        for column, words in enumerate(("said: yes", "said: no"))
    ]
    sides = [
        f'<text class="m" text-anchor="middle" transform="translate(14 {_HEAD + (row + 0.5) * _CELL:g}) '
        f'rotate(-90)">{words}</text>'
        for row, words in enumerate(("is: yes", "is: no"))
    ]
    return figure(width, height, "".join([_COUNTS, *fields, *heads, *sides]))


def class_confusion(counts: Sequence[Sequence[int]], *, side: int = 198) -> str:
    """Counts of rows of each true class, a line, by the class that was named, a column; classes by number."""
    size = max(len(counts), 1)
    step = (side - _HEAD) / size
    letters = f"<style>.c{{font-size:{min(14.0, step * 0.5):.1f}px;text-anchor:middle}}</style>"
    middles = [_HEAD + (place + 0.5) * step for place in range(size)]
    cells = [
        _shaded(middles[column], middles[row], step, count / max(sum(line), 1), "a" if row == column else "b")
        + _number(middles[column], middles[row] + step * 0.15, count)
        for row, line in enumerate(counts)
        for column, count in enumerate(line)
    ]
    heads = [
        f'<text class="m c" x="{at:.1f}" y="14">{number}</text>'
        f'<text class="m c" x="10" y="{at + step * 0.15:.1f}">{number}</text>'
        for number, at in enumerate(middles, start=1)
    ]
    return figure(side, side, "".join([letters, *cells, *heads]))


def _number(x: float, y: float, count: int) -> str:
    return f'<text class="i c" x="{x:.1f}" y="{y:.1f}">{count}</text>' if count else ""


def _shaded(x: float, y: float, side: float, share: float, tone: str) -> str:
    """A field about (x, y), the darker the greater the share."""
    place = (
        f'x="{x - side / 2 + 0.5:.1f}" y="{y - side / 2 + 0.5:.1f}" '
        f'width="{side - 1:.1f}" height="{side - 1:.1f}" rx="2"'
    )
    ground = f'<rect class="r" {place} opacity=".6"/>'
    return f'{ground}<rect class="{tone}" {place} opacity="{0.35 * share:.3f}"/>'


def _field(column: int, row: int, count: int, whole: int) -> str:
    """Shaded by its share of its row; a wrong field in the colour of what is wrong."""
    x, y = _HEAD + column * _CELL, _HEAD + row * _CELL
    tone = "a" if row == column else "b"
    place = f'x="{x + 1}" y="{y + 1}" width="{_CELL - 2}" height="{_CELL - 2}" rx="4"'
    return (
        f'<rect class="r" {place} opacity=".6"/>'
        f'<rect class="{tone}" {place} opacity="{0.35 * count / whole:.3f}"/>'
        f'<text class="i n" x="{x + _CELL / 2:g}" y="{y + _CELL / 2 + 6:g}" text-anchor="middle">'
        f"{count}</text>"
    )
