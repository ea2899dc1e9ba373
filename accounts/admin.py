"""Who may open the admin console, who tried, and what was done in it."""

from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, Permission
from django.db.models import ManyToManyField, QuerySet
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse

from accounts.guessing import forget_guesses
from accounts.models import ApiKey, SignInNonce, User
from common.console import ActingAdmin, ReadOnlyAdmin, Reasoned, ReasonedAdmin

ACT_RIGHTS = ("change_run", "change_specdocument", "change_outboxentry")
# Rights are given one by one, or all of them: nobody then looks for them behind a group.
admin.site.unregister(Group)


class WalletCreationForm(Reasoned, AdminUserCreationForm):
    """A user by address; the password is for staff only and may be left out."""

    class Meta:
        model = User
        fields = ("address",)


class WalletChangeForm(Reasoned, UserChangeForm):
    """What a user may do in the console."""


class WalletPasswordForm(Reasoned, AdminPasswordChangeForm):
    """Another's password."""


def useful_rights() -> QuerySet[Permission]:
    """To look at what the console shows, and to act where it has acts; other rights would do nothing."""
    shown = [f"view_{model._meta.model_name}" for model in admin.site._registry]
    return Permission.objects.filter(codename__in=[*shown, *ACT_RIGHTS])


@admin.register(User)
class WalletUserAdmin(ReasonedAdmin, UserAdmin):
    """Wallets, and what they may do in this console: only who may do everything here changes that."""

    form = WalletChangeForm
    add_form = WalletCreationForm
    change_password_form = WalletPasswordForm
    ordering = ["-id"]
    list_display = ["address", "is_staff", "is_active", "created_at", "last_login"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["address"]
    readonly_fields = ["created_at", "last_login"]
    filter_horizontal = []
    list_per_page = 50
    fieldsets = [
        (None, {"fields": ["address", "password"]}),
        ("May", {"fields": ["is_active", "is_staff", "is_superuser", "user_permissions"]}),
        ("When", {"fields": ["created_at", "last_login"]}),
        ("Why", {"fields": ["reason"]}),
    ]
    add_fieldsets = [(None, {"fields": ["address", "usable_password", "password1", "password2", "reason"]})]

    def formfield_for_manytomany(
        self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField | None:
        """Rights as boxes to tick, readable without script."""
        kwargs["queryset"] = useful_rights().select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, widget=CheckboxSelectMultiple, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return request.user.is_active and request.user.is_superuser


@admin.register(SignInNonce)
class SignInNonceAdmin(ReadOnlyAdmin):
    """Open sign-ins: when they end. Neither the nonce nor the session is shown."""

    list_display = ["id", "expires_at"]
    fields = ["expires_at"]


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys of scripts, to look at; a key's digest is not shown."""

    list_display = ["start", "owner", "name", "scope", "created_at", "last_used_at", "revoked_at"]
    list_filter = ["scope"]
    list_select_related = ["owner"]
    search_fields = ["start", "owner__address"]
    exclude = ["digest"]


@admin.register(LogEntry)
class ActAdmin(ReadOnlyAdmin):
    """The log of acts: who did what to which row, and why. It is written by the acts themselves alone."""

    list_display = ["action_time", "user", "content_type", "object_repr", "change_message"]
    list_select_related = ["user", "content_type"]
    list_filter = ["content_type"]
    search_fields = ["change_message", "object_repr", "user__address"]


@admin.register(AccessAttempt)
class AccessAttemptAdmin(ActingAdmin):
    """Wrong passwords that still count against an account or an address."""

    list_display = ["attempt_time", "username", "ip_address", "failures_since_start"]
    search_fields = ["username", "ip_address"]
    fields = ["attempt_time", "username", "ip_address", "failures_since_start", "user_agent", "path_info"]
    actions = ["forgive_selected"]

    def has_forgive_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    @admin.action(description="Let this account and this address try again", permissions=["forgive"])
    def forgive_selected(self, request: HttpRequest, queryset: QuerySet[AccessAttempt]) -> HttpResponse:
        return self.act(request, queryset, done="allowed to try again", service=forget_guesses)


@admin.register(AccessLog)
class AccessLogAdmin(ReadOnlyAdmin):
    """Who came in with a password, and when."""

    list_display = ["attempt_time", "username", "ip_address", "logout_time"]
    search_fields = ["username", "ip_address"]
    fields = ["attempt_time", "username", "ip_address", "user_agent", "logout_time"]
