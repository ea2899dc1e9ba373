"""The API of the market."""

from django.urls import path

from marketplace.api import datasets, faucet, release, trade, upload_sessions, uploads

urlpatterns = [
    path("uploads", uploads.UploadsView.as_view(), name="api-uploads"),
    path("uploads/sessions", upload_sessions.SessionsView.as_view(), name="api-upload-sessions"),
    path(
        "uploads/sessions/<uuid:session_id>",
        upload_sessions.SessionView.as_view(),
        name="api-upload-session",
    ),
    path(
        "uploads/sessions/<uuid:session_id>/chunks/<int:number>",
        upload_sessions.ChunkView.as_view(),
        name="api-upload-chunk",
    ),
    path(
        "uploads/sessions/<uuid:session_id>/finish",
        upload_sessions.FinishView.as_view(),
        name="api-upload-finish",
    ),
    path("uploads/<str:upload_id>", uploads.UploadView.as_view(), name="api-upload"),
    path("uploads/<str:upload_id>/publication", uploads.PublicationView.as_view(), name="api-publication"),
    path("uploads/<str:upload_id>/version", uploads.NextVersionView.as_view(), name="api-next-version"),
    path("uploads/<str:upload_id>/erasure", uploads.ErasureView.as_view(), name="api-erasure"),
    path(
        "datasets/<str:token_id>/versions/<str:number>/grants",
        release.GrantsView.as_view(),
        name="api-grants",
    ),
    path("datasets", datasets.DatasetsView.as_view(), name="api-datasets"),
    path("datasets/<str:token_id>", datasets.DatasetView.as_view(), name="api-dataset"),
    path("datasets/<str:token_id>/versions", datasets.VersionsView.as_view(), name="api-versions"),
    path("datasets/<str:token_id>/versions/<str:number>", datasets.VersionView.as_view(), name="api-version"),
    path(
        "datasets/<str:token_id>/versions/<str:number>/changes",
        datasets.ChangesView.as_view(),
        name="api-changes",
    ),
    path("datasets/<str:token_id>/croissant", datasets.CroissantView.as_view(), name="api-croissant"),
    path("datasets/<str:token_id>/terms", datasets.TermsView.as_view(), name="api-terms"),
    path("datasets/<str:token_id>/listings", datasets.DatasetListingsView.as_view(), name="api-offer"),
    path("listings", trade.ListingsView.as_view(), name="api-listings"),
    path("listings/<str:listing_id>", trade.ListingView.as_view(), name="api-listing"),
    path("listings/<str:listing_id>/purchase", trade.PurchaseView.as_view(), name="api-purchase"),
    path("listings/<str:listing_id>/delisting", trade.DelistingView.as_view(), name="api-delisting"),
    path("passes", trade.PassesView.as_view(), name="api-passes"),
    path("market/credits/<str:account>", trade.CreditsView.as_view(), name="api-credits"),
    path("market/withdrawals", trade.WithdrawalsView.as_view(), name="api-withdrawals"),
    path("faucet", faucet.FaucetView.as_view(), name="api-faucet"),
]
