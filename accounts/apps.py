from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Wallet users and sign-in with Ethereum."""

    name = "accounts"
    verbose_name = "Accounts"
