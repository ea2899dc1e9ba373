"""Users in the admin console."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm

from accounts.models import ApiKey, SignInNonce, User


class WalletCreationForm(AdminUserCreationForm):
    """A user by address; the password is for staff only and may be left out."""

    class Meta:
        model = User
        fields = ("address",)


@admin.register(User)
class WalletUserAdmin(UserAdmin):
    """Wallets, and what they may do in this console."""

    add_form = WalletCreationForm
    ordering = ["-id"]
    list_display = ["address", "is_staff", "is_active", "created_at", "last_login"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["address"]
    readonly_fields = ["created_at", "last_login"]
    fieldsets = [
        (None, {"fields": ["address", "password"]}),
        ("May", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("When", {"fields": ["created_at", "last_login"]}),
    ]
    add_fieldsets = [(None, {"fields": ["address", "usable_password", "password1", "password2"]})]


@admin.register(SignInNonce)
class SignInNonceAdmin(admin.ModelAdmin):
    """Open sign-ins: when they end. Neither the nonce nor the session is shown."""

    list_display = ["id", "expires_at"]
    fields = ["expires_at"]
    readonly_fields = ["expires_at"]

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    """Keys of scripts, to look at; a key's digest is not shown."""

    list_display = ["start", "owner", "name", "scope", "created_at", "last_used_at", "revoked_at"]
    list_filter = ["scope"]
    search_fields = ["start", "owner__address"]
    exclude = ["digest"]

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
