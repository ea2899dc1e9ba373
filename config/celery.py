"""The Celery app. A message carries only ids; the row in the database is the queue."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

app = Celery("qommons")
app.config_from_object("config.celery_settings")
app.autodiscover_tasks(["chain", "marketplace", "qjobs"])
