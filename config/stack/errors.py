"""What can go wrong with a part of the stack, in words for the person who started it."""


class StackError(Exception):
    """A part could not be started, stopped or read; the text says what to do."""


class MissingTool(StackError):
    """A program or file that set-up should have brought is not there."""


class PortTaken(StackError):
    """Another program listens where a part should."""


class PartFailed(StackError):
    """A part ended or stayed silent instead of becoming ready; the text ends with the tail of its log."""


class AlreadyRunning(StackError):
    """A stack of this checkout runs already."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"the stack runs already (process {pid}); `manage.py down` stops it")
        self.pid = pid
