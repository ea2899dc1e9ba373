"""The API, one include an app."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.api_urls")),
    path("", include("governance.api_urls")),
    path("", include("marketplace.api_urls")),
    path("", include("qjobs.api_urls")),
]
