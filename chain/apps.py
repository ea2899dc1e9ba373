from django.apps import AppConfig


class ChainConfig(AppConfig):
    """All that speaks to an EVM node: the follower's records, the outbox and its sender."""

    name = "chain"
    default_auto_field = "django.db.models.BigAutoField"
