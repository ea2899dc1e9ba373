"""`manage.py demo`: starts the stack, tells the main job, leaves the site running (EXIT=1 stops it)."""

import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chain.client import ChainClient
from chain.deployments import current
from common.errors import QommonsError
from config import env
from config.demo.narrator import SIGN_OF_LIFE_SECONDS, DemoFailed, Narrator
from config.demo.people import cast
from config.demo.stage import Stage
from config.demo.story import tell

INTERRUPTED = 130


def _command(*arguments: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


class Command(BaseCommand):
    """The story runs in a process of its own, so that it reads the addresses that `up` has just written."""

    help = "The main job on real data with real wallets, from start to verified model"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--story", action="store_true", help="the stack is up: only tell the story")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["story"]:
            self._story()
            return
        stops_at_end = env.flag("EXIT", False)
        started_at = time.monotonic()
        try:
            code = self._start_stack() or self._manage("demo", "--story")
        except KeyboardInterrupt:
            self.stderr.write("\nInterrupted; stopping the stack.")
            stops_at_end, code = True, INTERRUPTED
        if stops_at_end:
            self._manage("down")
        if code:
            raise CommandError(
                "The demo did not finish; the message above says at which step.", returncode=code
            )
        self.stdout.write(f"\nThe whole demo took {time.monotonic() - started_at:.0f} s.")
        if not stops_at_end:
            self.stdout.write("The site is running. Stop it with `make down`.")

    def _start_stack(self) -> int:
        """`up --detach`, with a sign of life while it compiles and deploys in silence."""
        started_at = time.monotonic()
        with subprocess.Popen(_command("up", "--detach")) as starting:
            while True:
                try:
                    return starting.wait(SIGN_OF_LIFE_SECONDS)
                except subprocess.TimeoutExpired:
                    self.stdout.write(f"   ... starting: {time.monotonic() - started_at:.0f} s")

    def _manage(self, *arguments: str) -> int:
        return subprocess.run(_command(*arguments), check=False).returncode

    def _story(self) -> None:
        narrator = Narrator()
        demo_dir = settings.VAR_DIR / "demo"
        try:
            deployment = current()
            client = ChainClient(settings.CHAIN_RPC_URL, chain_id=deployment.chain_id)
            stage = Stage(settings.SITE_URL, settings.CHAIN_RPC_URL, client, deployment, narrator)
            document = tell(stage, cast(settings.SITE_URL, demo_dir / "wallets.json"), demo_dir)
        except (DemoFailed, QommonsError) as failure:
            raise CommandError(f"Not finished: {failure}", returncode=1) from failure
        narrator.say(f"\nThe finished model: {settings.SITE_URL}/models/{document['model_token_id']}")
