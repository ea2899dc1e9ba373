"""One session of IBM's service for several jobs, closed whatever happens.

On a fake backend the same calls are made and nothing is opened: there is no queue to hold a place in.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from qiskit.providers import BackendV2
from qiskit_ibm_runtime import Batch, Session

from qjobs.engines.ibm import SERVICE_ERRORS, words_of

SessionKind = Literal["batch", "session"]
KINDS: Mapping[SessionKind, type[Session]] = {"batch": Batch, "session": Session}
"""batch: jobs that do not wait for each other, run close together. session: the machine alone while it is
open, for jobs that follow from earlier answers; IBM's Open Plan has none of these."""

MAX_SECONDS = 600
"""As long as IBM's Open Plan lets a batch be open."""


class SessionLeftOpen(UserWarning):
    """The service could not be told to close a session, or did not say that it opened one."""


@contextmanager
def open_session(
    backend: BackendV2, kind: SessionKind = "batch", *, max_seconds: int = MAX_SECONDS
) -> Iterator[Session]:
    """A mode for Sampler and Estimator, or for `ibm_device`.

    At the end it takes no more jobs, and those sent run to their end. Where an exception or Ctrl-C ends it,
    those that have not begun are cancelled: they would be paid for and not be read. One that runs goes on.
    max_seconds: from its start; then the service closes it by itself, and fails what has not begun.
    Warns of `SessionLeftOpen`, so that what broke it off, or the jobs that were sent, are not lost.
    """
    try:
        session = KINDS[kind](backend=backend, max_time=max_seconds)
    except (*SERVICE_ERRORS, KeyboardInterrupt):
        _left(f"the {kind} was not confirmed: if it was opened, it is open for {max_seconds} s")
        raise
    try:
        yield session
        _told(session.close, f"session {session.session_id} may be open for {max_seconds} s")
    except BaseException:
        _told(
            session.cancel, f"session {session.session_id} may be open for {max_seconds} s, its jobs may run"
        )
        raise


def _told(call: Callable[[], None], otherwise: str) -> None:
    try:
        call()
    except SERVICE_ERRORS as error:
        _left(f"{otherwise}: {words_of(error)}")


def _left(words: str) -> None:
    warnings.warn(words, SessionLeftOpen, stacklevel=3)
