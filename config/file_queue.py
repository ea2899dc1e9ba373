"""Kombu's queue of files, for the machine where parts die at any moment: a message is there whole, or not."""

from pathlib import Path
from time import monotonic_ns
from typing import Any
from uuid import uuid4

import structlog
from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps

log = structlog.get_logger()


class Channel(filesystem.Channel):
    """A worker that met half a message would stop, and wait for its running jobs with no new one taken."""

    def _put(  # type: ignore[override]  # Kombu's own classes name it differently
        self, queue: str, payload: dict[str, Any], **_: Any
    ) -> None:
        """Puts the message in its place in one step, where readers look for names that end in `queue`."""
        file = Path(self.data_folder_out) / f"{monotonic_ns() // 1_000_000}_{uuid4()}.{queue}.msg"
        draft = file.with_suffix(".draft")
        try:
            draft.write_text(dumps(payload))
            draft.replace(file)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise ChannelError(f"the message {file.name} cannot be written") from error

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        """The next message that can be read; Kombu has removed the others already."""
        while True:
            try:
                return super()._get(queue)
            except ValueError:
                log.warning("message_unreadable", queue=queue)


class Transport(filesystem.Transport):
    """Stands in for Kombu's under its name."""

    Channel = Channel
