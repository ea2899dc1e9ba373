"""Settings of the tests: own folders, own database, no throttles."""

import os
import tempfile
from pathlib import Path

_scratch = Path(os.environ.get("TEST_VAR_DIR") or tempfile.mkdtemp(prefix="qommons-test-"))
os.environ["TEST_VAR_DIR"] = str(_scratch)
os.environ["VAR_DIR"] = str(_scratch)
os.environ.setdefault("SECRET_KEY", "for tests only")
for _name in (
    "SITE_URL",
    "CHAIN_RPC_URL",
    "IPFS_API_URL",
    "STORE_PLACES",
    "PINNING_URL",
    "BROKER_URL",
    "RELEASE_URL",
):
    os.environ.pop(_name, None)

from config.settings.base import *  # noqa: E402, F403 (settings modules extend one another this way)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_THROTTLE_CLASSES": []}  # noqa: F405

# Nobody listens there: made-up rows must not meet a node that happens to stand on this machine.
CHAIN_RPC_URL = "http://127.0.0.1:9"
