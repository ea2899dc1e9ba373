"""The content store of this installation, from the settings."""

from django.conf import settings

from storage.factory import open_store
from storage.protocol import ContentStore


def content_store() -> ContentStore:
    """Where this site keeps its bytes: a folder, or a Kubo node."""
    return open_store(store_dir=settings.STORE_DIR, ipfs_api_url=settings.IPFS_API_URL or None)
