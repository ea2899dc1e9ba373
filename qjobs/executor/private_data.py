"""Private data for a run: its key from the release service, for the recipient that our executor registered.

The key goes to the child process alone, which opens the file in its own memory and has no network.
"""

from pathlib import Path

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from marketplace.release.asking import asked_header
from qjobs.errors import RunRefused
from qjobs.executor.checks import CheckedInput
from qjobs.models import Run
from qjobs.runner import isolation
from storage.age.errors import NoIdentityMatches
from storage.age.file_key import FileKey
from storage.age.header import VERSION_LINE
from storage.age.key_file import read_identities
from storage.age.vault import key_in
from storage.errors import BlockMissing, CidMismatch
from storage.protocol import BlockSource
from storage.streams import PieceStream, buffered

KEY_NAME = "executor-age"
OPEN_MACHINE = "This executor cannot shut a job in without a network, so it takes no private data."


def key_file() -> Path:
    """Where the executor's age identities lie; only the jobs workers read them."""
    return Path(settings.KEYS_DIR) / f"{KEY_NAME}.key"


def is_sealed(one: CheckedInput, store: BlockSource) -> bool:
    """Whether the chain names a sealed file here: by its first bytes, whatever any document says.

    Bytes that are not here are told of when they are fetched.
    """
    try:
        first = PieceStream(store.open(one.cid, length=len(VERSION_LINE)))
        return buffered(first).read(len(VERSION_LINE)) == VERSION_LINE
    except (BlockMissing, CidMismatch):
        return False


def refuse_open_machine() -> None:
    """Raises RunRefused where a run could reach a network, and with it send private rows away."""
    if isolation() == "none":
        raise RunRefused(OPEN_MACHINE)


@sensitive_variables()
def key_for(run: Run, one: CheckedInput, executor: str) -> FileKey:
    """The key of a sealed input; raises NotReleasedYet until the claim is final on the provider's chain."""
    header = asked_header(
        f"/release/jobs/{run.job_id}/tasks/{run.task}/{executor}/datasets/{one.token_id}/{one.version}"
    )
    try:
        return key_in(header, read_identities(key_file()))
    except NoIdentityMatches as error:
        raise RunRefused(
            f"The age recipient that is registered for {executor} is not the one of our key file."
        ) from error
