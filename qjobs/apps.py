from django.apps import AppConfig


class QjobsConfig(AppConfig):
    """Quantum jobs: from the request over the vote to the verified model."""

    name = "qjobs"
    verbose_name = "quantum jobs"
    default_auto_field = "django.db.models.BigAutoField"
