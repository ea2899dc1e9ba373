from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """The DAO: proposals, votes, delegates. It does not know what a proposal means."""

    name = "governance"
    default_auto_field = "django.db.models.BigAutoField"
