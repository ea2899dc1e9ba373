"""The API of jobs and models, under /api/v1/."""

from django.urls import path

from qjobs.api.disputes import ChallengeView, CloseDisputeView, DisputesView
from qjobs.api.events import JobEventsView
from qjobs.api.executors import (
    ExecutorsView,
    ExecutorView,
    LeavingStakesView,
    ReleasedStakesView,
    StakesView,
    StakeWithdrawalsView,
)
from qjobs.api.jobs import (
    ConsentView,
    ExpireView,
    JobCancelView,
    JobProposalView,
    JobsView,
    JobView,
    SettleView,
)
from qjobs.api.model_files import ModelFileGrantsView
from qjobs.api.models import (
    CreditsView,
    ModelListingsView,
    ModelSaleView,
    ModelsView,
    ModelView,
    WithdrawalsView,
)
from qjobs.api.predictions import PredictView
from qjobs.api.specs import SpecSchemaView, SpecsView, SpecView

urlpatterns = [
    path("specs", SpecsView.as_view()),
    path("specs/schema", SpecSchemaView.as_view()),
    path("specs/<str:digest>", SpecView.as_view()),
    path("jobs", JobsView.as_view()),
    path("jobs/withdrawals", WithdrawalsView.as_view()),
    path("jobs/credits/<str:address>", CreditsView.as_view()),
    path("jobs/<int:job_id>", JobView.as_view()),
    path("jobs/<int:job_id>/events", JobEventsView.as_view()),
    path("jobs/<int:job_id>/proposal", JobProposalView.as_view()),
    path("jobs/<int:job_id>/consent", ConsentView.as_view()),
    path("jobs/<int:job_id>/cancel", JobCancelView.as_view()),
    path("jobs/<int:job_id>/settle", SettleView.as_view()),
    path("jobs/<int:job_id>/expire", ExpireView.as_view()),
    path("jobs/<int:job_id>/challenge", ChallengeView.as_view()),
    path("jobs/<int:job_id>/close-dispute", CloseDisputeView.as_view()),
    path("disputes", DisputesView.as_view()),
    path("executors", ExecutorsView.as_view()),
    path("executors/<str:address>", ExecutorView.as_view()),
    path("stakes", StakesView.as_view()),
    path("stakes/leaving", LeavingStakesView.as_view()),
    path("stakes/release", ReleasedStakesView.as_view()),
    path("stakes/withdrawals", StakeWithdrawalsView.as_view()),
    path("models", ModelsView.as_view()),
    path("models/<int:token_id>", ModelView.as_view()),
    path("models/<int:token_id>/listings", ModelListingsView.as_view()),
    path("models/<int:token_id>/sale", ModelSaleView.as_view()),
    path("models/<int:token_id>/files/<str:name>/grants", ModelFileGrantsView.as_view()),
    path("models/<int:token_id>/predict", PredictView.as_view()),
]
