"""How a test kills the code under test at a named point."""

from collections.abc import Callable


class Killed(BaseException):
    """Stands for kill -9: nothing in the code under test can catch it and go on."""


def dies_at(point: str, countdown: int) -> Callable[[str], None]:
    """A failpoint that dies when `point` is passed for the (countdown + 1)th time."""
    left = [countdown]

    def failpoint(name: str) -> None:
        if name == point:
            left[0] -= 1
            if left[0] < 0:
                raise Killed

    return failpoint
