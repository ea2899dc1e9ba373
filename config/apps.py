from django.apps import AppConfig

from config.celery import app as celery_app


class ConfigConfig(AppConfig):
    """The composition root; an app so that its commands are found and every process knows our Celery app."""

    name = "config"
    verbose_name = "Qommons"
    celery_app = celery_app
