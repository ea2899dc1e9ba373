"""The pre-processing of a posted result, small enough to draw from."""

from collections.abc import Sequence
from typing import Any

from common.errors import QommonsError
from common.strict_json import strict_loads
from marketplace.store import content_store
from qjobs.selectors.results import PostedFile
from storage.cid import Cid

PREPROCESSING_FILE = "preprocessing.json"
MAX_BYTES = 1 << 17


def posted_preprocessing(files: Sequence[PostedFile]) -> dict[str, Any]:
    """The document as posted, a stranger's; empty where it is away, too large or no object."""
    file = next((one for one in files if one.name == PREPROCESSING_FILE), None)
    if file is None or file.size > MAX_BYTES:
        return {}
    try:
        document = strict_loads(b"".join(content_store().open(Cid.parse(file.cid), length=MAX_BYTES)))
    except (QommonsError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
