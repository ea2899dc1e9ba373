"""The page of a link to a model's sealed file."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from marketplace.release.grants import grant_model_file
from marketplace.views.private import Wanted, answer_with_link


@never_cache
@require_POST
@sensitive_variables()
def download(request: HttpRequest, token_id: int, name: str) -> HttpResponse:
    """A link for the holder of the model token, or in words why there is none."""
    wanted = Wanted(
        crumb=("Models", "/models"),
        page=(str(token_id), f"/models/{token_id}"),
        title=f"{name} of model {token_id}",
        opened="the file, opened",
        holds="the model token",
    )
    return answer_with_link(
        request,
        wanted,
        lambda wallet, recipient: grant_model_file(
            wallet=wallet, token_id=token_id, name=name, recipient=recipient
        ),
    )
