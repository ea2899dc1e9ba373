"""The parent model of a spec before it is pinned: named by content, and found fit to start from."""

import re
from collections.abc import Mapping
from typing import Any

from common.errors import QommonsError, Unavailable
from marketplace.store import content_store
from qjobs.records.parent import weights_entry
from qjobs.selectors.parents import start_model
from qjobs.spec import JobSpec, ParentRefused, QnnSpec
from storage.cid import Cid

NUMBER_TEXT = re.compile(r"[1-9][0-9]{0,17}")


def with_start(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with what their one parent model is made of, where that was left out."""
    match fields:
        case {"algorithm": {"name": "qnn"}, "parent_models": [str() | int() as number]}:
            if fields.get("warm_start") is None and NUMBER_TEXT.fullmatch(str(number)):
                return {**fields, "warm_start": start_model(int(number)).as_start()}
    return dict(fields)


def check_parent(spec: JobSpec) -> None:
    """Holds the parent that a spec names against the chain's rows and its documents.

    Raises ParentRefused, with both numbers where something differs, or Unavailable.
    """
    if not isinstance(spec, QnnSpec) or spec.warm_start is None:
        return
    found = start_model(spec.parent_models[0])
    for what, there, here in (
        ("spec", found.spec_cid, spec.warm_start.spec_cid),
        ("manifest", found.manifest_cid, spec.warm_start.manifest_cid),
    ):
        if there != here:
            raise ParentRefused(f"The {what} of model {found.token_id} is {there} on chain, not {here}.")
    store = content_store()
    try:
        documents = [store.read_block(Cid.parse(cid)) for cid in (found.spec_cid, found.manifest_cid)]
    except QommonsError as error:
        raise Unavailable(f"The documents of model {found.token_id} are not at hand now.") from error
    weights_entry(spec, *documents)
