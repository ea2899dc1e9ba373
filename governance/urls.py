"""The pages of the vote."""

from django.urls import path, re_path

from governance.views import effects, exports, forms, members, parameters, proposals

PROPOSAL = r"^proposals/(?P<proposal_id>[0-9]+)"

urlpatterns = [
    path("proposals", proposals.proposal_list, name="proposal-list"),
    path("proposals/new", forms.new_proposal, name="proposal-kinds"),
    path("proposals/new/<slug:kind>", forms.new_proposal_form, name="proposal-form"),
    re_path(rf"{PROPOSAL}$", proposals.proposal_detail, name="proposal-detail"),
    re_path(rf"{PROPOSAL}/tally$", proposals.proposal_tally, name="proposal-tally"),
    re_path(rf"{PROPOSAL}/effect$", effects.proposal_effect, name="proposal-effect"),
    re_path(rf"{PROPOSAL}/votes\.csv$", exports.votes_csv, name="proposal-votes-csv"),
    path("parameters", parameters.parameter_list, name="parameter-list"),
    path("members", members.member_list, name="member-list"),
    path("members/<str:address>", members.member_detail, name="member-detail"),
]
