"""The pages of the vote."""

from django.urls import path, re_path

from governance.views import proposals

urlpatterns = [
    path("proposals", proposals.proposal_list, name="proposal-list"),
    re_path(r"^proposals/(?P<proposal_id>[0-9]+)$", proposals.proposal_detail, name="proposal-detail"),
    re_path(r"^proposals/(?P<proposal_id>[0-9]+)/tally$", proposals.proposal_tally, name="proposal-tally"),
]
