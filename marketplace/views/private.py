"""The pages of private data: a download link for a holder, and the erasure of an upload."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from common.errors import InvalidInput, NotFound, QommonsError
from common.http_status import status_of
from marketplace.models import Upload
from marketplace.release.grants import Granted, grant_download
from marketplace.rules.disclosure import ERASURE_LEAVES, ERASURE_UNDOES, RELEASE_WARNING
from marketplace.selectors.uploads import find_upload
from marketplace.services.uploads import erase_upload
from storage.age.keys import Recipient


@dataclass(frozen=True)
class Wanted:
    """What somebody wants a link to, in words. crumb, page: where it belongs, as text and path."""

    crumb: tuple[str, str]
    page: tuple[str, str]
    title: str
    opened: str
    holds: str


@never_cache
@require_POST
@sensitive_variables()
def download(request: HttpRequest, token_id: int, number: int) -> HttpResponse:
    """A link that is good for some minutes, or in words why there is none."""
    wanted = Wanted(
        crumb=("Datasets", "/datasets"),
        page=(str(token_id), f"/datasets/{token_id}"),
        title=f"Version {number} of dataset {token_id}",
        opened="the rows",
        holds="the pass",
    )
    return answer_with_link(
        request,
        wanted,
        lambda wallet, recipient: grant_download(
            wallet=wallet, token_id=token_id, version=number, recipient=recipient
        ),
    )


@sensitive_variables()
def answer_with_link(
    request: HttpRequest, wanted: Wanted, grant: Callable[[str, Recipient | None], Granted]
) -> HttpResponse:
    """The page of the link that `grant` gives the wallet for its recipient, None where it names none."""
    context: dict[str, object] = {"wanted": wanted, "warning": RELEASE_WARNING}
    if not isinstance(request.user, User):
        context["problem"] = f"Sign in with the wallet that holds {wanted.holds} first."
        return render(request, "marketplace/private_download.html", context, status=HTTPStatus.FORBIDDEN)
    text = request.POST.get("recipient", "").strip()
    status = HTTPStatus.OK
    try:
        recipient = Recipient.parse(text) if text else None
        context["granted"] = grant(request.user.address, recipient)
        context["is_sealed"] = recipient is not None
    except QommonsError as error:
        context["problem"], status = error.message, status_of(error)
        context["is_wrong_recipient"] = isinstance(error, InvalidInput)
    return render(request, "marketplace/private_download.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, upload_id: int) -> HttpResponse:
    """What erasing does and does not undo; with POST it is done."""
    upload = _private_upload(request, upload_id)
    if request.method == "POST":
        erase_upload(upload)
        return redirect("erase-upload", upload_id=upload.pk)
    context = {"upload": upload, "undone": ERASURE_UNDOES, "not_undone": ERASURE_LEAVES}
    return render(request, "marketplace/private_erase.html", context)


def _private_upload(request: HttpRequest, upload_id: int) -> Upload:
    if not isinstance(request.user, User):
        raise Http404
    try:
        upload = find_upload(request.user, upload_id)
    except (NotFound, OverflowError):
        raise Http404 from None
    if not upload.is_private:
        raise Http404
    return upload
