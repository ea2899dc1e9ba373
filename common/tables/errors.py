"""Why a table is refused; crosses the process border as code and message."""


class TableRefused(Exception):
    """The file breaks one rule of ours; `code` names it, the message carries the numbers."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
