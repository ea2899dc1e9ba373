"""Small figures as SVG text: pure functions of numbers, shown through <img>, so no page needs inline style.

Colours follow the reader's light or dark scheme; no text from a user ever enters a figure."""

import base64
import math
from collections.abc import Sequence

_MARGIN = 16
_STYLE = (
    "<style>"
    ".a{fill:#0a655e}.a-line{stroke:#0a655e}.i{fill:#16211f}.m{fill:#52615e}.m-line{stroke:#52615e}"
    ".r{fill:#dde4e2}.r-line{stroke:#dde4e2}.b{fill:#b0271f}"
    "text{font:12px system-ui,sans-serif;font-variant-numeric:tabular-nums}"
    "@media(prefers-color-scheme:dark){"
    ".a{fill:#63cfc1}.a-line{stroke:#63cfc1}.i{fill:#e4ebe9}.m{fill:#9dada9}.m-line{stroke:#9dada9}"
    ".r{fill:#2b3734}.r-line{stroke:#2b3734}.b{fill:#ff9c92}}"
    "</style>"
)


def data_url(svg: str) -> str:
    """The figure as a data: address for an <img>."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def histogram(counts: Sequence[int], *, width: int = 136, height: int = 32) -> str:
    """Bars of equal width, the highest as high as the figure; a count above 0 never vanishes."""
    if not counts:
        return figure(width, height, "")
    highest = max(*counts, 1)
    step = width / len(counts)
    gap = 1 if step >= 3 else 0
    bars = [
        f'<rect class="a" x="{_n(index * step)}" y="{_n(height - 1 - tall)}" '
        f'width="{_n(max(step - gap, 0.5))}" height="{_n(tall)}"/>'
        for index, count in enumerate(counts)
        if (tall := max((height - 2) * count / highest, 1.5) if count > 0 else 0)
    ]
    floor = f'<rect class="r" x="0" y="{height - 1}" width="{width}" height="1"/>'
    return figure(width, height, "".join(bars) + floor)


def shares(votes_for: int, against: int, abstain: int, *, width: int = 120, height: int = 8) -> str:
    """One bar split in the order for, against, abstain; grey where nobody has voted."""
    parts = (("a", votes_for), ("b", against), ("m", abstain))
    total = sum(count for _, count in parts)
    bars = [f'<rect class="r" x="0" y="0" width="{width}" height="{height}"/>']
    start = 0.0
    for name, count in parts:
        length = width * count / total if total else 0
        if length:
            shown = max(length - 1, 0.5)
            bars.append(f'<rect class="{name}" x="{_n(start)}" y="0" width="{_n(shown)}" height="{height}"/>')
        start += length
    return figure(width, height, "".join(bars), stretch=True)


def interval_strip(
    value: float,
    low: float,
    high: float,
    *,
    axis: tuple[float, float],
    splits: Sequence[float] = (),
    ticks: Sequence[float] = (),
    is_accent: bool = False,
    width: int = 320,
    height: int = 48,
) -> str:
    """One row of a dot plot: the value as a dot, its interval as a line, single splits as faint dots."""
    middle = height / 2
    colour = "a" if is_accent else "m"
    grid = [
        f'<line class="r-line" x1="{_n(x)}" x2="{_n(x)}" y1="0" y2="{height}"/>'
        for x in (_place(tick, axis, width) for tick in ticks)
    ]
    left, centre, right = (_place(number, axis, width) for number in (low, value, high))
    faint = [
        f'<circle class="{colour}" cx="{_n(x)}" cy="{_n(middle)}" r="3.5" opacity=".35"/>'
        for x in (_place(split, axis, width) for split in splits)
    ]
    line = (
        f'<line class="{colour}-line" stroke-width="3" stroke-linecap="round" '
        f'x1="{_n(left)}" x2="{_n(right)}" y1="{_n(middle)}" y2="{_n(middle)}"/>'
    )
    dot = f'<circle class="{colour}" cx="{_n(centre)}" cy="{_n(middle)}" r="6.5"/>'
    return figure(width, height, "".join(grid) + "".join(faint) + line + dot)


def axis_strip(
    *, axis: tuple[float, float], ticks: Sequence[float], width: int = 320, height: int = 28
) -> str:
    """The scale under a dot plot."""
    marks = []
    for tick in ticks:
        x = _place(tick, axis, width)
        marks.append(f'<line class="m-line" x1="{_n(x)}" x2="{_n(x)}" y1="0" y2="5"/>')
        marks.append(f'<text class="m" x="{_n(x)}" y="20" text-anchor="middle">{tick:.2f}</text>')
    return figure(width, height, "".join(marks))


def axis_of(numbers: Sequence[float]) -> tuple[tuple[float, float], list[float]]:
    """A scale that holds all numbers with a margin, on round steps, and its ticks (at most 7)."""
    low, high = min(numbers), max(numbers)
    for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0):
        # Rounded first: 0.5 / 0.01 is a hair below 50.
        start, stop = math.floor(round(low / step, 9)), math.ceil(round(high / step, 9))
        if stop - start <= 6:
            break
    stop = max(stop, start + 1)
    return (start * step, stop * step), [round(number * step, 10) for number in range(start, stop + 1)]


def _place(value: float, axis: tuple[float, float], width: int) -> float:
    """Where a value stands between the two ends of the axis; the margin holds half a tick's label."""
    low, high = axis
    share = (value - low) / (high - low) if high > low else 0.5
    return _MARGIN + (width - 2 * _MARGIN) * min(max(share, 0.0), 1.0)


def figure(width: int, height: int, body: str, *, stretch: bool = False) -> str:
    fit = ' preserveAspectRatio="none"' if stretch else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"{fit}>{_STYLE}{body}</svg>'
    )


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
