"""Celery's settings: late acknowledgement, one message at a time, JSON only."""

from django.conf import settings
from kombu.transport import TRANSPORT_ALIASES

from config.schedules import Every

HARD_LIMIT_SECONDS = 3 * 3600
DAY_SECONDS = 24 * 3600.0

broker_url = settings.BROKER_URL
task_acks_late = True
task_reject_on_worker_lost = True
task_ignore_result = True
task_track_started = False
task_serializer = "json"
accept_content = ["json"]
task_soft_time_limit = HARD_LIMIT_SECONDS - 60
task_time_limit = HARD_LIMIT_SECONDS
task_default_queue = "jobs"
task_routes = {"qjobs.preview": {"queue": "preview"}}
worker_prefetch_multiplier = 1
worker_max_tasks_per_child = 200
worker_max_memory_per_child = 1024 * 1024  # KiB; jobs compute in processes of their own, under their limits
worker_redirect_stdouts = False  # the proxy that it puts there has no encoding, and Qiskit asks for it
broker_connection_retry_on_startup = True
timezone = "UTC"
beat_scheduler = "config.schedules:SteadyScheduler"
# Every few seconds each queue's owner looks at the rows themselves, so that a lost nudge costs seconds.
beat_schedule = {
    "look-for-work": {"task": "qjobs.look_for_work", "schedule": Every(5.0), "options": {"expires": 5}},
    "sweep-uploads": {
        "task": "marketplace.sweep_uploads",
        "schedule": Every(3600.0),
        "options": {"expires": 3600},
    },
    "scrub-store": {"task": "marketplace.scrub_store", "schedule": Every(DAY_SECONDS)},
    "check-pins": {"task": "marketplace.check_pins", "schedule": Every(DAY_SECONDS)},
    "collect-store": {"task": "marketplace.collect_store", "schedule": Every(DAY_SECONDS)},
}

if settings.BROKER_URL.startswith("filesystem:"):
    TRANSPORT_ALIASES["filesystem"] = "config.file_queue:Transport"
    _messages = str(settings.QUEUE_DIR / "messages")
    broker_transport_options = {
        "data_folder_in": _messages,
        "data_folder_out": _messages,
        "processed_folder": str(settings.QUEUE_DIR / "processed"),
        "control_folder": str(settings.QUEUE_DIR / "control"),
        "store_processed": False,
    }
else:
    broker_transport_options = {
        "visibility_timeout": HARD_LIMIT_SECONDS + 60,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    }
