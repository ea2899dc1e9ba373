"""manage.py down: stops the stack of this checkout, wherever it was started."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from config.stack.layout import layout_of
from config.stack.stack import stop


class Command(BaseCommand):
    help = "Stops everything that `manage.py up` started."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(stop(layout_of()))
