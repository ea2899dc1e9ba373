"""What the lists of the admin console share: rows to look at, and acts that leave a reason in the log."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.utils import flatten
from django.db import transaction
from django.db.models import BigIntegerField, DecimalField, Field, Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from common.errors import PermanentError
from common.templatetags.qommons import on

REASON_LENGTH = 300
REASON_HELP = "Kept for good in the log of acts."


class _Kept:
    """Nobody adds, changes or deletes these rows here: a follower, worker, sender or wallet writes them."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(_Kept, admin.ModelAdmin):
    """Rows to look at, some columns told `in_words`. A long table is not counted for its list's foot."""

    in_words: Mapping[str, Callable[[Model], str]] = {}

    list_per_page = 50
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Everything, also what no form could hold, such as the time at which a row was made."""
        hidden = self.exclude or ()
        shown = [field for field in self.opts.concrete_fields if field.name not in hidden]
        columns = [self.in_words.get(field.name) or _shown(field) for field in shown]
        return list(self.fields or columns)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[Any, ...]:
        return tuple(flatten(self.get_fields(request, obj)))


@cache
def moment(name: str) -> Callable[[Model], str]:
    """A column of the chain's time, which counts seconds, as a date; for `list_display` too."""

    @admin.display(description=name.replace("_", " "), ordering=name)
    def shown(row: Model) -> str:
        seconds = getattr(row, name)
        return on(seconds) if seconds else "–"

    return shown


def _shown(field: Field) -> str | Callable[[Model], str]:
    is_number = isinstance(field, BigIntegerField | DecimalField)
    return moment(field.name) if is_number and field.name.endswith(("_at", "_by")) else field.name


class ReadOnlyInline(_Kept, admin.TabularInline):
    """Rows of another row, to look at; `fields` says which of their columns."""

    template = "admin/parts/records_inline.html"
    extra = 0
    can_delete = False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return tuple(flatten(self.fields or ()))


class ReasonForm(ActionForm):
    """The bar above a list with the one field that every act needs."""

    reason = forms.CharField(required=False, max_length=REASON_LENGTH)


class ActingAdmin(ReadOnlyAdmin):
    """Rows to look at, with acts of the service layer: no act writes a row by itself."""

    action_form = ReasonForm

    def act(
        self, request: HttpRequest, rows: QuerySet[Any], *, done: str, service: Callable[[Any], object]
    ) -> HttpResponse:
        """Calls the service with each row's key, and logs each act with its reason in the same transaction.

        `done` is what the log then says, such as "resumed". Rows that the service refuses stay as they are.
        Leads back to the page on which the button was.
        """
        self._act(request, rows, done, service)
        return redirect("operations" if "from_operations" in request.POST else request.get_full_path())

    def _act(
        self, request: HttpRequest, rows: QuerySet[Any], done: str, service: Callable[[Any], object]
    ) -> None:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            self.message_user(request, "Nothing was done: give a reason beside the act.", messages.ERROR)
            return
        count = 0
        for row in rows:
            try:
                with transaction.atomic():
                    service(row.pk)
                    self.log_change(request, row, with_reason(done, reason))
            except PermanentError as error:
                self.message_user(request, f"{row}: {error.message}", messages.ERROR)
            else:
                count += 1
        if count:
            self.message_user(request, f"{count} {done}.", messages.SUCCESS)


class Reasoned(forms.Form):
    """A form of the console that asks why."""

    reason = forms.CharField(
        max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2}), help_text=REASON_HELP
    )


class ReasonedAdmin(admin.ModelAdmin):
    """Rows that may be changed here; its forms are Reasoned, and the reason goes into the log."""

    def construct_change_message(  # type: ignore[override]  # the log takes a sentence too
        self, request: HttpRequest, form: BaseForm, formsets: Any, add: bool = False
    ) -> str:
        changed = ", ".join(name for name in form.changed_data if name != "reason")
        return with_reason("added" if add else f"changed {changed or 'nothing'}", form.cleaned_data["reason"])

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def with_reason(done: str, reason: str) -> str:
    """What the log of acts says.

    >>> with_reason("resumed", " the disk was full ")
    'resumed. Reason: the disk was full'
    """
    return f"{done}. Reason: {' '.join(reason.split())}"
