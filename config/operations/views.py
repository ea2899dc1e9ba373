"""/admin/operations/: one page over everything that an operator watches."""

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from config.operations.overview import overview


def operations(request: HttpRequest) -> HttpResponse:
    """What is fine and what is not, with the acts that help; for staff who may look at the outbox."""
    if not request.user.has_perm("chain.view_outboxentry"):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": "Operations",
        "overview": overview(timezone.now()),
        "sent_once": settings.OUTBOX_KINDS_SENT_ONCE,
        "may_send": request.user.has_perm("chain.change_outboxentry"),
        "may_resume": request.user.has_perm("qjobs.change_run"),
        "may_redraw": request.user.has_perm("qjobs.change_specdocument"),
    }
    return render(request, "admin/operations.html", context)


operations_page = admin.site.admin_view(operations)
