"""The pages on which a provider publishes a file: upload, terms, mint, listing; each can be reloaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from common.errors import NotFound
from common.paging import Cursor
from common.templatetags.qommons import units
from marketplace.models import Dataset, Listing, SubjectKind, Upload, UploadSession, VersionMetadata
from marketplace.rules.algorithms import algorithm_choices
from marketplace.rules.disclosure import SHOWN_WORDS, Shown
from marketplace.rules.terms import ALL_PARTS, MAX_PAYEES
from marketplace.selectors.uploads import DraftCard, drafts_of, find_upload, sessions_of, uploads_of
from marketplace.views.cards import MAX_COLUMNS_SHOWN, column_rows, preview_of, qualities, quantum_qualities
from marketplace.views.hints import hint_rows
from marketplace.views.mine import PaymentToken, payment_tokens

UPLOADS_SHOWN = 20
OWN_DATASETS_SHOWN = 200
CHUNKED_ABOVE_BYTES = 8 << 20
LABEL_WORDS = ("label", "target", "class", "diagnosis", "outcome", "y")
LICENCES = (
    "CC-BY-4.0",
    "CC0-1.0",
    "CC-BY-SA-4.0",
    "CC-BY-NC-4.0",
    "ODbL-1.0",
    "ODC-By-1.0",
    "PDDL-1.0",
    "MIT",
    "Apache-2.0",
)
STAGES = ("File", "Terms", "Mint", "List")


@dataclass(frozen=True)
class UploadRow:
    """One of the provider's files, and how far it has come."""

    upload: Upload
    draft: DraftCard | None


@dataclass(frozen=True)
class ShownChoice:
    """A part of a private profile that the provider may tick."""

    value: str
    words: str

    @property
    def is_usual(self) -> bool:
        """Ticked to begin with: what a job cannot be written without."""
        return self.value in {Shown.COLUMNS, Shown.COUNTS}


@dataclass(frozen=True)
class Stage:
    """One step of the wizard."""

    name: str
    is_done: bool
    is_now: bool


@never_cache
@require_safe
def publish(request: HttpRequest) -> HttpResponse:
    """Step one: a file; below it the files that were brought before."""
    user = request.user
    rows: list[UploadRow] = []
    under_way: Sequence[UploadSession] = ()
    if isinstance(user, User):
        uploads = uploads_of(user, Cursor(limit=UPLOADS_SHOWN)).items
        rows = [UploadRow(upload, next(iter(drafts_of(upload)), None)) for upload in uploads]
        under_way = sessions_of(user, Cursor(limit=UPLOADS_SHOWN)).items
    context = {
        "stages": _stages(0),
        "rows": rows,
        "under_way": under_way,
        "session_hours": settings.UPLOAD_SESSION_HOURS,
        "limit_bytes": settings.UPLOAD_SESSION_MAX_BYTES,
        "chunked_above": min(CHUNKED_ABOVE_BYTES, settings.UPLOAD_MAX_BYTES),
        "shown_choices": [ShownChoice(part.value, words) for part, words in SHOWN_WORDS.items()],
    }
    return render(request, "marketplace/publish.html", context)


@never_cache
@require_safe
def publish_upload(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Terms and mint of one file; once it is minted, its listing."""
    if not isinstance(request.user, User):
        return render(request, "marketplace/publish.html", {"stages": _stages(0)})
    try:
        upload = find_upload(request.user, upload_id)
    except (NotFound, OverflowError):
        raise Http404 from None
    drafts = drafts_of(upload)
    for draft in drafts:
        if draft.token_id is not None and request.GET.get("again") != "1":
            return _listing_page(request, upload, draft, draft.token_id)
    mints = [draft for draft in drafts if "payees" in draft.draft.terms]
    return _terms_page(request, upload, mints[0] if mints else None, request.user.address)


def _terms_page(request: HttpRequest, upload: Upload, draft: DraftCard | None, wallet: str) -> HttpResponse:
    profile: Mapping[str, Any] = upload.profile
    tokens = payment_tokens()
    terms = _terms(upload, draft, tokens, wallet)
    context = {
        "stages": _stages(1 if draft is None else 2),
        "upload": upload,
        "draft": draft,
        "terms": terms,
        "columns": column_rows(profile, terms["label_column"]),
        "hidden_columns": max(0, len(profile.get("columns", ())) - MAX_COLUMNS_SHOWN),
        "column_names": [column["name"] for column in profile.get("columns", ())],
        "preview": preview_of(profile),
        "qualities": qualities(profile),
        "quantum_qualities": quantum_qualities(profile),
        "hints": hint_rows(profile),
        "licences": LICENCES,
        "algorithm_choices": algorithm_choices(terms.get("algorithms") or ()),
        "payment_tokens": tokens,
        "max_payees": MAX_PAYEES,
        "own_datasets": Dataset.objects.filter(owner=wallet, is_retired=False)[:OWN_DATASETS_SHOWN],
    }
    return render(request, "marketplace/publish_terms.html", context)


def _listing_page(request: HttpRequest, upload: Upload, draft: DraftCard, token_id: int) -> HttpResponse:
    dataset = Dataset.objects.get(pk=token_id)
    listed = Listing.objects.filter(subject_kind=SubjectKind.DATASET, subject_id=dataset.token_id).exists()
    context = {
        "stages": _stages(4 if listed else 3),
        "upload": upload,
        "draft": draft,
        "is_listed": listed,
        "listed_next": f"/datasets/{dataset.token_id}",
        "payment_tokens": payment_tokens(),
        "dataset": {
            "token_id": dataset.token_id,
            "policy_compute": dataset.allow_compute,
            "policy_download": dataset.allow_download,
        },
    }
    return render(request, "marketplace/publish_listing.html", context)


def _terms(
    upload: Upload, draft: DraftCard | None, tokens: list[PaymentToken], wallet: str
) -> dict[str, Any]:
    """What the form begins with: the newest draft's terms, else what suits most data."""
    names = [column["name"] for column in upload.profile.get("columns", ())]
    if draft is None:
        return {
            "title": _title(upload.file_name),
            "licence": LICENCES[0],
            "label_column": next((name for name in names if name.lower() in LABEL_WORDS), ""),
            "allow_compute": True,
            "rows_in_model": "never" if upload.is_private else "public",
            "standing_consent": True,
            "royalty_percent": "0",
            "payees": [{"address": wallet, "percent": "100"}],
        }
    terms = dict(draft.draft.terms)
    described = VersionMetadata.objects.filter(pk=draft.draft.metadata_digest).first()
    fee = terms.get("job_fee") or {}
    decimals = {token.address: token.decimals for token in tokens}
    return terms | {
        "description": described.description if described else "",
        "label_column": terms.get("label_column") or "",
        "keywords": ", ".join(terms.get("keywords") or ()),
        "royalty_percent": f"{(terms.get('royalty_bps') or 0) / 100:g}",
        "payees": [
            {"address": payee["address"], "percent": f"{payee['parts'] * 100 / ALL_PARTS:g}"}
            for payee in terms["payees"]
        ],
        "fee_token": fee.get("token", ""),
        "fee": units(int(fee["amount"]), decimals.get(fee["token"], 18)).replace(",", "") if fee else "",
    }


def _title(file_name: str) -> str:
    """A first title from a file's name."""
    stem = file_name.rpartition(".")[0] or file_name
    return stem.replace("_", " ").replace("-", " ").strip().capitalize()


def _stages(now: int) -> list[Stage]:
    return [Stage(name, position < now, position == now) for position, name in enumerate(STAGES)]
