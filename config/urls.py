"""Every public door of the site."""

from django.contrib import admin
from django.urls import include, path

from config.openapi.views import document
from config.operations.views import operations_page

handler400 = "config.failures.refused"
handler404 = "config.failures.not_found"
handler500 = "config.failures.failed"

urlpatterns = [
    path("admin/operations/", operations_page, name="operations"),
    path("admin/", admin.site.urls),
    path("api/v1/openapi.json", document, name="openapi"),
    path("api/v1/", include("config.api_urls")),
    path("", include("config.page_urls")),
]
