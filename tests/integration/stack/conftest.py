"""The web process, shared by the tests of it."""

from tests.integration.stack.web_process import door, start_web

__all__ = ["door", "start_web"]
