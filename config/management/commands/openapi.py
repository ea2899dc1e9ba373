"""`manage.py openapi`: the API's document; `--write` renews docs/openapi.json, which a test compares."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.openapi.document import openapi_text, undescribed

PLACE = "docs/openapi.json"


class Command(BaseCommand):
    help = f"Prints the OpenAPI document of the API, or writes it to {PLACE}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help=f"write {PLACE}")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["write"]:
            self.stdout.write(openapi_text(), ending="")
            return
        (settings.BASE_DIR / PLACE).write_text(openapi_text())
        for name in undescribed():
            self.stderr.write(f"not described in config/openapi/described.py: {name}")
