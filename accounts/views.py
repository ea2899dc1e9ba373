"""The page of a wallet's API keys; works without JavaScript."""

from contextlib import suppress

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.keys import create_key, keys_of, revoke_key
from accounts.models import ApiKey, User
from common.errors import Conflict, NotFound


class KeyForm(forms.ModelForm):
    """What the key is for, and how much it may do; the least is chosen."""

    scope = forms.ChoiceField(choices=ApiKey.Scope.choices)

    class Meta:
        model = ApiKey
        fields = ("name", "scope")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def api_keys(request: HttpRequest) -> HttpResponse:
    """The wallet's open keys; a POST makes one and shows it, this once."""
    owner = request.user
    if not isinstance(owner, User):
        return redirect("account")
    form = KeyForm(request.POST if request.method == "POST" else None)
    made = None
    if form.is_valid():
        try:
            _, made = create_key(owner=owner, **form.cleaned_data)
            form = KeyForm()
        except Conflict as error:
            form.add_error(None, error.message)
    context = {"keys": keys_of(owner), "form": form, "made": made}
    return render(request, "accounts/keys.html", context, status=422 if form.errors else 200)


@require_POST
def revoke_api_key(request: HttpRequest, key_id: int) -> HttpResponse:
    """Closes one of the wallet's keys; one that is closed already, or is not its own, changes nothing."""
    owner = request.user
    if not isinstance(owner, User):
        return redirect("account")
    with suppress(NotFound):
        revoke_key(owner=owner, key_id=key_id, now=timezone.now())
    return redirect("api-keys-page")
