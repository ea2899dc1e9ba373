"""The API of accounts."""

from django.urls import path

from accounts import api

urlpatterns = [
    path("auth/nonce", api.NonceView.as_view(), name="api-auth-nonce"),
    path("auth/sign-in", api.SignInView.as_view(), name="api-auth-sign-in"),
    path("auth/sign-out", api.SignOutView.as_view(), name="api-auth-sign-out"),
    path("auth/me", api.MeView.as_view(), name="api-auth-me"),
]
