"""Graphs and scatters of numbered marks as SVG text; colours are those of `common.svg`."""

from collections.abc import Sequence

from common.svg import figure

TONES = ("m", "a", "i", "b")
"""Fill of a mark by its group: muted, accent, ink, warning."""

_SIDE, _RIM, _RADIUS = 320, 22, 11
_STYLE = (
    "<style>.k{stroke-width:1.5;opacity:.55}.k-on{stroke-width:3.5}.w{stroke:#b0271f;stroke-width:2.5}"
    ".t{fill:#fff;font-size:11px;font-weight:600}"
    "@media(prefers-color-scheme:dark){.w{stroke:#ff9c92}.t{fill:#10201d}}</style>"
)

Place = tuple[float, float]
Line = tuple[int, int, str]
"""First mark, second mark, and "plain", "on" or "wrong"."""


def marks(places: Sequence[Place], groups: Sequence[int], lines: Sequence[Line] = ()) -> str:
    """Marks numbered from 1 at places in [0, 1] squared, joined by lines; a group is a tone and a shape."""
    spots = [(_RIM + x * (_SIDE - 2 * _RIM), _RIM + (1 - y) * (_SIDE - 2 * _RIM)) for x, y in places]
    drawn = [_line(spots[first], spots[second], tone) for first, second, tone in lines]
    drawn += [
        _mark(spot, group, number) for number, (spot, group) in enumerate(zip(spots, groups, strict=True), 1)
    ]
    return figure(_SIDE, _SIDE, _STYLE + "".join(drawn))


def _line(one: Place, other: Place, tone: str) -> str:
    kind = {"on": "a-line k-on", "wrong": "w"}.get(tone, "m-line k")
    ends = f'x1="{one[0]:.1f}" y1="{one[1]:.1f}" x2="{other[0]:.1f}" y2="{other[1]:.1f}"'
    return f'<line class="{kind}" {ends}/>'


def _mark(spot: Place, group: int, number: int) -> str:
    """Circles for even groups, squares for odd ones, so that no colour is needed to tell two apart."""
    x, y = spot
    tone = TONES[group % len(TONES)]
    shape = (
        f'<rect class="{tone}" x="{x - _RADIUS:.1f}" y="{y - _RADIUS:.1f}" width="{2 * _RADIUS}" '
        f'height="{2 * _RADIUS}" rx="3"/>'
        if group % 2
        else f'<circle class="{tone}" cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS}"/>'
    )
    return f'{shape}<text class="t" x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle">{number}</text>'
