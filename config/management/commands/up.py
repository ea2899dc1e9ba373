"""manage.py up: everything that the site needs, from one command."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.stack.errors import StackError
from config.stack.layout import layout_of
from config.stack.stack import run_detached, run_here


class Command(BaseCommand):
    help = "Starts database, chain, contracts, site and workers; Ctrl-C stops everything."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--detach", action="store_true", help="return when the site answers")

    def handle(self, *args: Any, **options: Any) -> None:
        run = run_detached if options["detach"] else run_here
        try:
            code = run(layout_of(), os.environ)
        except StackError as error:
            raise CommandError(str(error)) from error
        sys.exit(code)
