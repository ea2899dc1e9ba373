"""The dataset versions that a model was made from, beside those it was not, for the check in a browser."""

from dataclasses import dataclass

from marketplace.models import DatasetVersion
from qjobs.selectors.models import ModelView
from storage.cid import Cid

MOST_OTHERS = 50


@dataclass(frozen=True)
class UsedVersion:
    """`others`: numbers of versions with other bytes; `twins`: of versions with the same."""

    dataset_id: int
    version: int
    cid: str
    others: tuple[int, ...]
    twins: tuple[int, ...]

    @property
    def name(self) -> str:
        """As the run record calls it."""
        return f"dataset:{self.dataset_id}@{self.version}"


def used_versions(view: ModelView) -> list[UsedVersion]:
    """One entry a dataset whose version the chain names; the newest 50 others of each.

    Where training began with a model, nothing is said of others: that one may have used them.
    """
    found = []
    for use in view.datasets:
        cids = {
            version.number: Cid.from_digest(version.content_digest, version.codec)
            for version in DatasetVersion.objects.filter(dataset_id=use.dataset_id)
        }
        if use.version not in cids:
            continue
        cid = cids.pop(use.version)
        newest = [] if view.parents else sorted(cids, reverse=True)[:MOST_OTHERS]
        others = tuple(number for number in newest if cids[number] != cid)
        twins = tuple(number for number in newest if cids[number] == cid)
        found.append(UsedVersion(use.dataset_id, use.version, str(cid), others, twins))
    return found
