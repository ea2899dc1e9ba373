"""The pages, one include an app."""

from django.urls import include, path

urlpatterns = [
    path("", include("marketplace.urls")),
    path("", include("governance.urls")),
    path("", include("qjobs.urls")),
]
