"""The API over the deployed contracts, asked what its document allows and what it does not."""

import pytest

from tests.fakes.fuzzing import complaints
from tests.integration.qjobs.stage import Stage

# What asks the node before it answers; the others are asked without one (tests/integration/api).
ASKS_THE_NODE = frozenset(
    {
        "GET /governance",
        "GET /members/{address}",
        "GET /transactions/{tx_hash}",
        "POST /delegations",
        "POST /proposals",
        "POST /proposal-kinds/{kind}",
        "POST /datasets/{token_id}/listings",
        "POST /jobs",
        "POST /jobs/{job_id}/proposal",
        "POST /jobs/{job_id}/consent",
        "POST /jobs/{job_id}/cancel",
        "POST /market/withdrawals",
    }
)


@pytest.fixture
def known(stage: Stage, dataset: tuple[int, str], requested_job: int) -> dict[str, object]:
    return {
        "token_id": dataset[0],
        "number": 1,
        "job_id": requested_job,
        "address": stage.people.researcher.address,
        "account": stage.people.researcher.address,
        "kind": "pay",
    }


def test_no_question_breaks_the_api_on_a_chain_and_every_answer_is_as_described(
    stage: Stage, known: dict[str, object]
) -> None:
    found = complaints(wallet=stage.people.researcher.address, known=known, examples=3, only=ASKS_THE_NODE)

    assert found == [], "\n\n".join(found)


@pytest.mark.deep
def test_many_more_questions_break_nothing_on_a_chain_either(stage: Stage, known: dict[str, object]) -> None:
    found = complaints(wallet=stage.people.researcher.address, known=known, examples=100)

    assert found == [], "\n\n".join(found)
