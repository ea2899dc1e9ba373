"""Somebody who types commands in a checkout, with a folder for var/ and a port of their own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.stack import processes
from config.stack.endpoints import read_json
from config.stack.layout import ROOT, Layout
from config.stack.ports import unused_port
from config.stack.supervisor import MARK
from tests.integration.stack.clean_up import forget_cluster
from tests.tools import missing

OTHERS_SETTINGS = {
    "DATABASE_URL",
    "BROKER_URL",
    "CHAIN_RPC_URL",
    "IPFS_API_URL",
    "SITE_URL",
    "SECRET_KEY",
    "TEST_VAR_DIR",
}


class Person:
    """Somebody with a checkout, a folder for var/ and a free port."""

    def __init__(self, folder: Path) -> None:
        self.layout = Layout(ROOT, folder / "var")
        self.web_port = unused_port()

    def environment(self, **variables: str) -> dict[str, str]:
        """What this person's commands see."""
        kept = {name: value for name, value in os.environ.items() if name not in OTHERS_SETTINGS}
        own = {
            "VAR_DIR": str(self.layout.var_dir),
            "WEB_PORT": str(self.web_port),
            "DJANGO_SETTINGS_MODULE": "config.settings.base",
            "PYTHONUNBUFFERED": "1",
        }
        return kept | own | variables

    def starts(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """A manage.py command whose lines can be read while it runs."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def types(self, *words: str, **variables: str) -> tuple[int, str]:
        """The exit code and output of one manage.py command."""
        command = self.starts(*words, **variables)
        output, _ = command.communicate()
        return command.returncode, output

    def parts(self) -> dict[str, dict[str, Any]]:
        """What the supervisor says of each part."""
        return {part["name"]: part for part in read_json(self.layout.run_dir / "state.json").get("parts", [])}

    def left_running(self) -> list[Any]:
        """Processes of this person's stack."""
        return processes.marked(MARK, self.layout.name)


@contextmanager
def somebody(folder: Path) -> Iterator[Person]:
    """A person whose stack is ended and forgotten afterwards, however the test went."""
    if not (ROOT / ".venv-contracts" / "bin" / "ape").exists():
        missing("the contract tools are not installed (make setup)")
    person = Person(folder)
    try:
        yield person
    finally:
        person.types("down")
        processes.kill_all(person.left_running())
        forget_cluster(person.layout)


def wait_for(is_true: Callable[[], bool], what: str, seconds: float = 40) -> None:
    """Polls until it is true; the message says what was waited for."""
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.1)
