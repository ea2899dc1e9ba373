"""What a check says: one line about one part."""

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """FINE needs nothing; NOTE is good to know; BROKEN stops the stack."""

    FINE = "ok"
    NOTE = "note"
    BROKEN = "wrong"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's."""

    part: str
    level: Level
    text: str

    @property
    def is_fine(self) -> bool:
        return self.level is Level.FINE

    @property
    def is_broken(self) -> bool:
        return self.level is Level.BROKEN

    def __str__(self) -> str:
        return f"{self.level.value:<6} {self.part:<11} {self.text}"


def fine(part: str, text: str) -> Finding:
    return Finding(part, Level.FINE, text)


def note(part: str, text: str) -> Finding:
    return Finding(part, Level.NOTE, text)


def broken(part: str, text: str) -> Finding:
    return Finding(part, Level.BROKEN, text)
