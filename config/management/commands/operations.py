"""manage.py operations: what the operator's page says, for a terminal or an alarm."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from config.operations.overview import overview


class Command(BaseCommand):
    """One line a finding. Ends with 1 where something is wrong, so that a timer can raise an alarm."""

    help = "Says how far the chain is followed, what work is stuck, who pays the gas and what is pinned."

    def handle(self, *args: Any, **options: Any) -> None:
        found = overview(timezone.now())
        for finding in found.findings:
            self.stdout.write(str(finding))
        sys.exit(1 if found.broken else 0)
