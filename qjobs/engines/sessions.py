"""One session of IBM's service for several jobs, closed whatever happens.

On a fake backend the same calls are made and nothing is opened: there is no queue to hold a place in.
"""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from qiskit.exceptions import QiskitError
from qiskit.providers import BackendV2
from qiskit_ibm_runtime import Batch, Session

SessionKind = Literal["batch", "session"]
KINDS: Mapping[SessionKind, type[Session]] = {"batch": Batch, "session": Session}
"""batch: jobs that do not wait for each other, run close together. session: the machine alone while it is
open, for jobs that follow from earlier answers; IBM's Open Plan has none of these."""


class SessionLeftOpen(UserWarning):
    """The service could not be told to close a session."""


@contextmanager
def open_session(
    backend: BackendV2, kind: SessionKind = "batch", *, max_seconds: int | None = None
) -> Iterator[Session]:
    """A mode for Sampler and Estimator, or for `ibm_device`.

    At the end it takes no more jobs, and those sent run to their end. Where an exception or Ctrl-C ends it,
    those that have not run are cancelled: they would be paid for and not be read.
    max_seconds: after so long the service closes it by itself; None leaves that to the plan.
    """
    session = KINDS[kind](backend=backend, max_time=max_seconds)
    is_whole = False
    try:
        yield session
        is_whole = True
    finally:
        if is_whole:
            session.close()
        else:
            _cancelled(session)


def _cancelled(session: Session) -> None:
    """What ended it is what the caller hears of, also where the service cannot be told."""
    try:
        session.cancel()
    except QiskitError as error:
        left = f"session {session.session_id} may be open until the service closes it: {error}"
        warnings.warn(left, SessionLeftOpen, stacklevel=2)
