"""What a model predicts from, and who may ask it."""

from collections.abc import Sequence

from common.errors import QommonsError
from common.strict_json import strict_loads
from marketplace.models import Right, SubjectKind
from marketplace.store import content_store
from qjobs.models import TrainedModel
from qjobs.selectors.passes import OWNER_NEEDS_NONE, usable_passes
from qjobs.selectors.results import PostedFile
from storage.cid import Cid

PREPROCESSING_FILE = "preprocessing.json"
MAX_PREPROCESSING_BYTES = 1 << 20
MAX_FEATURES = 10_000
MODEL_VERSION = 1
"""A model token is one version for ever."""


def features_of(files: Sequence[PostedFile]) -> tuple[str, ...]:
    """The names of the numbers that the model reads, in its order; none where it reads no rows."""
    file = next((one for one in files if one.name == PREPROCESSING_FILE), None)
    if file is None:
        return ()
    try:
        cid, store = Cid.parse(file.cid), content_store()
        if store.size(cid) > MAX_PREPROCESSING_BYTES:
            return ()
        document = strict_loads(b"".join(store.open(cid)))
    except (QommonsError, ValueError):
        return ()
    if isinstance(document, dict):
        document = document.get("reduction", document)
    names = document.get("feature_names") if isinstance(document, dict) else None
    if not isinstance(names, list) or not 0 < len(names) <= MAX_FEATURES:
        return ()
    if not all(isinstance(name, str) for name in names) or len(set(names)) != len(names):
        return ()
    return tuple(names)


def right_to_predict(model: TrainedModel, wallet: str) -> int | None:
    """The pass by which the wallet may ask the model, 0 for its owner; None where it may not."""
    if model.owner == wallet:
        return OWNER_NEEDS_NONE
    held = usable_passes(
        wallet,
        kind=SubjectKind.MODEL,
        subject_id=model.token_id,
        right=Right.PREDICT,
        version=MODEL_VERSION,
    )
    found = held.first()
    return None if found is None else found.pass_id
