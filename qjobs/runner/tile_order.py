"""What a run is told of tiles, in its arguments."""

import json
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from qjobs.algorithms.tiling.rules import TileRules


@dataclass(frozen=True)
class TileOrder:
    """The rules by which a run may ask to be split, or the files of all its tiles, by number."""

    rules: TileRules | None = None
    files: tuple[Path, ...] = ()

    @property
    def folders(self) -> set[Path]:
        """Where the files lie, resolved."""
        return {file.resolve().parent for file in self.files}

    def as_text(self) -> str:
        """For the child's arguments: folders once and names alone, since an argument has 128 KiB at most."""
        rules = None if self.rules is None else asdict(self.rules)
        by_folder = groupby((file.resolve() for file in self.files), key=attrgetter("parent"))
        files = [(str(folder), [file.name for file in own]) for folder, own in by_folder]
        return json.dumps({"rules": rules, "files": files})

    @classmethod
    def from_text(cls, text: str) -> "TileOrder":
        document = json.loads(text)
        rules = document["rules"]
        files = tuple(Path(folder) / name for folder, names in document["files"] for name in names)
        return cls(None if rules is None else TileRules(**rules), files)
