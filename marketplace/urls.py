"""The pages of the market, and the public bytes."""

from django.urls import path

from marketplace.gateway import IpfsView
from marketplace.views import catalogue, changes, datasets, private, publish

urlpatterns = [
    path("datasets", catalogue.dataset_list, name="dataset-list"),
    path("datasets/publish", publish.publish, name="publish"),
    path("datasets/publish/<int:upload_id>", publish.publish_upload, name="publish-upload"),
    path("datasets/publish/<int:upload_id>/erase", private.erase, name="erase-upload"),
    path("datasets/<int:token_id>/versions/<int:number>/download", private.download, name="private-download"),
    path("datasets/<int:token_id>/versions/<int:number>/changes", changes.changes, name="version-changes"),
    path("datasets/<int:token_id>", datasets.dataset_detail, name="dataset-detail"),
    path("ipfs/<str:cid>", IpfsView.as_view(), name="ipfs"),
]
