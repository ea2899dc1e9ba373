"""manage.py doctor: what is used, what answers, what is wrong, in words."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand

from config.stack.doctor import report
from config.stack.layout import layout_of


class Command(BaseCommand):
    help = "Looks at every part; exit code 1 when something that is needed is broken."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(report(layout_of(), os.environ))
