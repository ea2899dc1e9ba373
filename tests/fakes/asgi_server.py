"""The site behind uvicorn in a thread of the test's process: the one server whose streams stay open."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application

from config.asgi_limits import RequestLimits
from config.streams import EventStreams


@contextmanager
def asgi_server() -> Iterator[str]:
    """Its address. Rows that the test has committed are there; static files come from where they lie."""
    site = ASGIStaticFilesHandler(get_asgi_application())
    app = RequestLimits(EventStreams(site), body_bytes=1 << 20, idle_seconds=60, body_seconds=60)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)  # so that who comes before the server is up waits for it
        config = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        host, port = listening.getsockname()
        try:
            yield f"http://{host}:{port}"
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive()
