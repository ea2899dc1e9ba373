"""Jobs of several tasks, which no spec of this build asks for: what is computed and what is not is said."""

from dataclasses import replace

import pytest
from threadpoolctl import threadpool_limits

from qjobs.verification import verify_job
from tests.unit.qjobs.verification.posted_jobs import Posted


@pytest.fixture(scope="module")
def posted(tmp_path_factory):
    with threadpool_limits(limits=1):
        yield Posted(tmp_path_factory.mktemp("posted"))


@pytest.mark.parametrize(("asked", "left"), [(0, "task 1"), (1, "task 0")])
def test_task_that_was_not_asked_for_is_named_and_the_spec_of_one_task_is_no_match(posted, asked, left):
    several = replace(posted.facts, request=replace(posted.facts.request, tasks=2), task=asked)

    report = verify_job(several, posted.without_rows)

    assert report.verdict == "MISMATCH"
    assert "request tasks" in {check.field for check in report.mismatches}
    notes = {check.field: check.note for check in report.missing}
    assert notes[left] == f"this checks task {asked} alone; ask with --task {left[-1]}"
    assert f"task {asked}" not in notes


def test_model_token_names_the_result_of_the_first_task_alone(posted):
    second = replace(posted.facts, task=1, artefact_digest="0x" + "77" * 32)

    fields = {check.field for check in verify_job(second, posted.without_rows).checks}

    assert "model token artefact digest" not in fields
    first = verify_job(replace(second, task=0), posted.without_rows)
    assert "model token artefact digest" in {check.field for check in first.mismatches}
