"""manage.py status: which parts of the stack run, and where."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from config.stack.layout import layout_of
from config.stack.stack import show_status


class Command(BaseCommand):
    help = "Tells which parts run and where; exit code 0 when all of them do."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(show_status(layout_of()))
