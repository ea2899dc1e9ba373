"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest

from governance.selectors.parameters import current_pause


def site(request: HttpRequest) -> dict[str, object]:
    """The site's address and chain, for headers, footers and explorer links, and the pause that runs."""
    return {
        "site_url": settings.SITE_URL,
        "chain_id": settings.CHAIN_ID,
        "is_local_chain": settings.IS_LOCAL_CHAIN,
        "pause": current_pause,
    }
