"""The web process and the release service: `uvicorn config.asgi:application`."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from config.asgi_limits import RequestLimits
from config.streams import EventStreams

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

# What a form or a document may add to the largest upload.
OTHER_BYTES = 1 << 20
IDLE_SECONDS = 60
BODY_SECONDS = 3600

application = RequestLimits(
    EventStreams(get_asgi_application()),
    body_bytes=settings.UPLOAD_MAX_BYTES + OTHER_BYTES,
    idle_seconds=IDLE_SECONDS,
    body_seconds=BODY_SECONDS,
)
