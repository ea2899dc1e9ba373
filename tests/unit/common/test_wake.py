"""A nudge that no broker takes: said in the log, and no error for whoever did the work."""

import pytest
from celery import current_app
from kombu.exceptions import OperationalError
from structlog.testing import capture_logs

from common import wake


@pytest.mark.fault("F06")
@pytest.mark.parametrize("error", [OperationalError("away"), ConnectionRefusedError()])
def test_nudge_without_a_broker_is_told_with_all_its_ids(monkeypatch, error):
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(current_app._get_current_object(), "send_task", refuse)

    with capture_logs() as told:
        wake._send("qjobs.tile", {"job_id": 4, "task": 0, "number": 2})

    assert [(one["event"], one["task_name"], one["task"], one["number"]) for one in told] == [
        ("nudge_lost", "qjobs.tile", 0, 2)
    ]
