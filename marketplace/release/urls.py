"""The addresses of the release service, which is a process of its own."""

from django.urls import path

from marketplace.release.service import (
    ExecutorHeaderView,
    GrantedFileView,
    GrantedHeaderView,
    ResultHeaderView,
    VerifierHeaderView,
)

urlpatterns = [
    path(
        "release/jobs/<int:job_id>/tasks/<int:task>/<str:executor>/datasets/<int:token_id>/<int:version>",
        ExecutorHeaderView.as_view(),
        name="release-executor",
    ),
    path(
        "release/disputes/<int:job_id>/<str:verifier>/datasets/<int:token_id>/<int:version>",
        VerifierHeaderView.as_view(),
        name="release-verifier",
    ),
    path(
        "release/disputes/<int:job_id>/<str:verifier>/tasks/<int:task>/files/<str:name>",
        ResultHeaderView.as_view(),
        name="release-result",
    ),
    path("release/<str:token>/header", GrantedHeaderView.as_view(), name="release-header"),
    path("release/<str:token>", GrantedFileView.as_view(), name="release-file"),
]
