"""The Range header of HTTP (RFC 9110): one range of bytes; whatever else is asked gets the whole."""

import re

_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def asked_range(header: str, size: int) -> range | None:
    """The bytes asked for, None for the whole, an empty range for one that does not lie in the file.

    >>> asked_range("bytes=2-3", 10)
    range(2, 4)
    >>> asked_range("bytes=-3", 10)
    range(7, 10)
    >>> asked_range("bytes=0-1,5-6", 10) is None
    True
    """
    found = _ONE_RANGE.fullmatch(header.strip())
    if found is None or found.group(1) == found.group(2) == "":
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(size, int(last) + 1) if last else size)


def content_range(part: range, size: int) -> str:
    """The Content-Range header of an answer: of a part, or of the refusal of an empty one."""
    return f"bytes {part.start}-{part.stop - 1}/{size}" if part else f"bytes */{size}"
