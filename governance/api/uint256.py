"""Numbers of the chain in a path."""

from common.fields import UINT256_MAX


class Uint256Converter:
    """A uint256 in decimal; anything larger is no such page."""

    regex = "[0-9]{1,78}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > UINT256_MAX:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)
