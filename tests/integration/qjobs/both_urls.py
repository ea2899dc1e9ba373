"""The site and the release service behind one address, for tests of both."""

from django.urls import include, path

from marketplace.release.urls import urlpatterns as release_patterns

urlpatterns = [*release_patterns, path("", include("config.urls"))]
