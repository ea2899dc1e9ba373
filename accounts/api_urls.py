"""The API of accounts."""

from django.urls import path

from accounts import api, api_keys

urlpatterns = [
    path("auth/nonce", api.NonceView.as_view(), name="api-auth-nonce"),
    path("auth/sign-in", api.SignInView.as_view(), name="api-auth-sign-in"),
    path("auth/sign-out", api.SignOutView.as_view(), name="api-auth-sign-out"),
    path("auth/me", api.MeView.as_view(), name="api-auth-me"),
    path("keys", api_keys.KeysView.as_view(), name="api-keys"),
    path("keys/<int:key_id>", api_keys.KeyView.as_view(), name="api-key"),
]
