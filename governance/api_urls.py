"""The API of the DAO, under /api/v1/."""

from django.urls import path, register_converter

from governance.api.ballots import BallotsView
from governance.api.book import ParametersPage, PausesView
from governance.api.demo_members import DemoVotesView
from governance.api.members import DelegationsView, GovernancePage, MemberPage
from governance.api.proposals import (
    CancelView,
    ExecutionView,
    ProposalKindsView,
    ProposalsView,
    ProposalView,
    QueueView,
    TypedProposalsView,
    VotesView,
)
from governance.api.transactions import TransactionView
from governance.api.uint256 import Uint256Converter

register_converter(Uint256Converter, "uint256")

urlpatterns = [
    path("governance", GovernancePage.as_view()),
    path("members/<str:address>", MemberPage.as_view()),
    path("parameters", ParametersPage.as_view()),
    path("pauses", PausesView.as_view()),
    path("delegations", DelegationsView.as_view()),
    path("transactions/<str:tx_hash>", TransactionView.as_view()),
    path("proposals", ProposalsView.as_view()),
    path("proposal-kinds", ProposalKindsView.as_view()),
    path("proposal-kinds/<slug:kind>", TypedProposalsView.as_view()),
    path("proposals/<uint256:number>", ProposalView.as_view()),
    path("proposals/<uint256:number>/votes", VotesView.as_view()),
    path("proposals/<uint256:number>/ballots", BallotsView.as_view()),
    path("proposals/<uint256:number>/demo-votes", DemoVotesView.as_view()),
    path("proposals/<uint256:number>/queue", QueueView.as_view()),
    path("proposals/<uint256:number>/execute", ExecutionView.as_view()),
    path("proposals/<uint256:number>/cancel", CancelView.as_view()),
]
