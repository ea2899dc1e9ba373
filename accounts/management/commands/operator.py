"""manage.py operator: gives a wallet's address an account in the admin console, or takes it away."""

import sys
from getpass import getpass
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.admin import useful_rights
from accounts.models import User
from chain.accounts import checksum
from common.console import REASON_LENGTH, with_reason
from common.errors import InvalidInput


class Command(BaseCommand):
    """The account reaches no key of the chain and no vote; what it does is kept in the log of acts."""

    help = "Makes an operator of the admin console, changes its password, or revokes it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the operator's wallet, which may sign in too")
        parser.add_argument("--reason", required=True, help="kept in the log of acts")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--look-only", action="store_true", help="may see everything and do nothing")
        what.add_argument("--revoke", action="store_true", help="no longer opens the console")
        parser.add_argument("--password-stdin", action="store_true", help="one line of the standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        reason = options["reason"].strip()
        if not 0 < len(reason) <= REASON_LENGTH:
            raise CommandError(f"A reason has 1 to {REASON_LENGTH} characters.")
        try:
            address = checksum(options["address"])
        except InvalidInput as error:
            raise CommandError(error.message) from error
        if options["revoke"]:
            self._revoke(address, reason)
            return
        password = self._password(from_stdin=options["password_stdin"])
        with transaction.atomic():
            user, _ = User.objects.get_or_create(address=address)
            user.set_password(password)
            user.is_staff, user.is_active, user.is_superuser = True, True, not options["look_only"]
            user.save()
            looks = useful_rights().filter(codename__startswith="view_") if options["look_only"] else []
            user.user_permissions.set(looks)
            done = "may look" if options["look_only"] else "may look and act"
            _log(user, f"{done}, by command", reason)
        self.stdout.write(f"{address} {done} at /admin/")

    def _revoke(self, address: str, reason: str) -> None:
        user = User.objects.filter(address=address, is_staff=True).first()
        if user is None:
            raise CommandError(f"{address} is no operator")
        with transaction.atomic():
            user.is_staff, user.is_superuser = False, False
            user.set_unusable_password()  # ends its open sessions too
            user.save()
            user.user_permissions.clear()
            _log(user, "no longer an operator, by command", reason)
        self.stdout.write(f"{address} no longer opens the console; it still signs in with its wallet")

    def _password(self, *, from_stdin: bool) -> str:
        if from_stdin:
            password = sys.stdin.readline().rstrip("\n")
        else:
            password = getpass("Password: ")
            if getpass("Again: ") != password:
                raise CommandError("The two passwords differ.")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        return password


def _log(user: User, done: str, reason: str) -> None:
    LogEntry.objects.log_actions(user.pk, [user], CHANGE, with_reason(done, reason))
