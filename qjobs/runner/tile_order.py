"""What a run is told of tiles, in its arguments."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from qjobs.algorithms.tiling.rules import TileRules


@dataclass(frozen=True)
class TileOrder:
    """The rules by which a run may ask to be split, or the files of all its tiles, by number."""

    rules: TileRules | None = None
    files: tuple[Path, ...] = ()

    def as_text(self) -> str:
        """For the child's arguments."""
        rules = None if self.rules is None else asdict(self.rules)
        return json.dumps({"rules": rules, "files": [str(file.resolve()) for file in self.files]})

    @classmethod
    def from_text(cls, text: str) -> "TileOrder":
        document = json.loads(text)
        rules = document["rules"]
        return cls(None if rules is None else TileRules(**rules), tuple(map(Path, document["files"])))
