"""The pages of accounts: none of their own yet, signing in happens on every page."""

urlpatterns: list = []
