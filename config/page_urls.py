"""The pages, one include an app."""

from django.urls import include, path

from config.guide import chapter, contents

urlpatterns = [
    path("", include("accounts.urls")),
    path("docs/", contents, name="guide"),
    path("docs/<slug:slug>", chapter, name="guide-chapter"),
    path("", include("marketplace.urls")),
    path("", include("governance.urls")),
    path("", include("qjobs.urls")),
]
