"""The first page, and the pages of jobs and models."""

from django.urls import path

from qjobs.api.events import JobEventsPage
from qjobs.views import account, comparing, executors, home, jobs, model_files, models, request

urlpatterns = [
    path("", home.home, name="home"),
    path("account", account.account, name="account"),
    path("jobs", jobs.job_list, name="job-list"),
    path("jobs/new", request.new_job, name="job-new"),
    path("jobs/compare", comparing.compare_jobs, name="job-compare"),
    path("jobs/requested", request.requested_job, name="job-requested"),
    path("jobs/<int:job_id>", jobs.job_detail, name="job-detail"),
    path("jobs/<int:job_id>/progress", jobs.job_progress, name="job-progress"),
    path("jobs/<int:job_id>/events", JobEventsPage.as_view(), name="job-events"),
    path("executors", executors.executor_list, name="executor-list"),
    path("executors/<str:address>", executors.executor_detail, name="executor-detail"),
    path("models", models.model_list, name="model-list"),
    path("models/<int:token_id>/files/<str:name>", model_files.download, name="model-file"),
    path("models/<int:token_id>", models.model_detail, name="model-detail"),
]
