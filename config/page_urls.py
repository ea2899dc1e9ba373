"""The pages, one include an app."""

from django.urls import include, path

from config.algorithm_pages import algorithm_list, algorithm_page
from config.guide import chapter, contents
from config.openapi.views import page as openapi_page

urlpatterns = [
    path("", include("accounts.urls")),
    path("docs/", contents, name="guide"),
    path("docs/api", openapi_page, name="guide-api"),
    path("docs/algorithms", algorithm_list, name="guide-algorithms"),
    path("docs/algorithms/<slug:slug>", algorithm_page, name="guide-algorithm"),
    path("docs/<slug:slug>", chapter, name="guide-chapter"),
    path("", include("marketplace.urls")),
    path("", include("governance.urls")),
    path("", include("qjobs.urls")),
]
