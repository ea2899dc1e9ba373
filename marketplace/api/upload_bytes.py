"""Takes the bytes of an upload as they come: within a limit, into a file that has no name."""

import tempfile
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class NamelessFileHandler(FileUploadHandler):
    """Keeps one file where only this process finds it, and cuts it off at the limit.

    The file is in no folder, so that it is gone with the request whatever happens to the process: what is
    private never stays behind on a disk.
    """

    def __init__(self, limit_bytes: int, request: Any = None) -> None:
        super().__init__(request)
        self._left = limit_bytes
        self._file: IO[bytes] | None = None

    @property
    def has_cut(self) -> bool:
        """Whether the sender went over the limit."""
        return self._left < 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the uploaded file)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._left -= len(raw_data)
        if self._left < 0:
            self._close()
            raise StopUpload(connection_reset=True)
        assert self._file is not None
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self._file is None:
            return None
        self._file.seek(0)
        return UploadedFile(self._file, self.file_name, self.content_type, file_size, self.charset)

    def upload_interrupted(self) -> None:
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
