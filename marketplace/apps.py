from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    """Datasets, versions, listings, purchases, access."""

    name = "marketplace"
    verbose_name = "Marketplace"
