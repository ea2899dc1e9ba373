"""A small picture of an address, always the same for the same one: near look-alikes differ at a glance."""

import hashlib

_CELLS = 5
_HALF = 3
# Dark enough on white, light enough on black; the hash picks one.
_HUES = ("#0a655e", "#7d5200", "#8a4a9e", "#2f6fb0", "#b0473a", "#4f7a28", "#a3527a", "#5a6b8c")


def identicon(address: str) -> str:
    """SVG text: five by five cells, left and right mirrored; the case of the address does not matter."""
    bits = hashlib.sha256(address.lower().encode()).digest()
    colour = _HUES[bits[-1] % len(_HUES)]
    cells = [
        f'<rect x="{column}" y="{row}" width="1" height="1"/>'
        for row in range(_CELLS)
        for column in range(_CELLS)
        if bits[row * _HALF + min(column, _CELLS - 1 - column)] & 1
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-.5 -.5 6 6" shape-rendering="crispEdges">'
        f'<g fill="{colour}">{"".join(cells)}</g></svg>'
    )
