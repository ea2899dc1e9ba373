"""The pages of accounts; signing in happens on every page."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("account/keys", views.api_keys, name="api-keys-page"),
    path("account/keys/<int:key_id>/revoke", views.revoke_api_key, name="api-key-revoke"),
]
