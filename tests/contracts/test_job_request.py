"""JobBoard: what a request repeats, checks, reserves and pays."""

import ape
import pytest
from commons import DOLLARS, QSVM
from deployment.parameters import short_name
from permits import permit_signature
from refusals import assert_refused
from stage import (
    DOWNLOAD,
    MAX,
    PAY_PER_TASK,
    REQUESTED,
    RUN_SECONDS,
    SPEC_DIGEST,
    policy,
    version,
)

TREASURY_FEE = PAY_PER_TASK * 250 // 10_000
VQE = short_name("vqe")
OTHER_TOKEN = "0x" + "77" * 20


@pytest.fixture
def ask(commons, stage, researcher):
    """Requests a job on a fresh dataset with a pass, but for the changes; the receipt."""

    def request(*, max_escrow=MAX, spec_digest=SPEC_DIGEST, sender=researcher, **changes):
        dataset_id = stage.publish()
        stage.approve_dollars(commons.job_board)
        arguments = stage.job_request([dataset_id], [stage.grant(dataset_id)], **changes)
        return commons.job_board.request(spec_digest, arguments, max_escrow, sender=sender)

    return request


def test_request_keeps_what_it_repeats_of_the_spec(commons, stage, researcher, ask):
    ask()

    job = commons.job_board.get_job(commons.job_board.job_count())
    assert (job.requester, job.spec_digest, job.state, job.tasks) == (researcher, SPEC_DIGEST, REQUESTED, 1)
    assert (job.algorithm, job.engine, job.qubits) == (QSVM, short_name("statevector"), 8)
    assert (job.pay_per_task, job.data_fees, job.treasury_fee) == (PAY_PER_TASK, 0, TREASURY_FEE)
    assert (job.run_seconds, job.tasks_claimed, job.tasks_posted, job.model_id) == (RUN_SECONDS, 0, 0, 0)


def test_request_takes_exactly_the_escrow_that_it_quotes(commons, stage, researcher):
    fee = {"jobFeeToken": commons.test_dollar.address, "jobFee": 3 * DOLLARS}
    datasets = [stage.publish(**fee), stage.publish(**fee), stage.publish()]
    passes = [stage.grant(dataset_id) for dataset_id in datasets]
    before = commons.test_dollar.balanceOf(researcher)
    quoted = commons.job_board.quote_escrow(stage.job_request(datasets, passes))

    job_id = stage.request_job(datasets, passes)

    escrow = PAY_PER_TASK + 6 * DOLLARS + TREASURY_FEE
    assert tuple(quoted) == (PAY_PER_TASK, 6 * DOLLARS, TREASURY_FEE)
    assert before - commons.test_dollar.balanceOf(researcher) == escrow
    assert stage.obligations() == escrow == commons.test_dollar.balanceOf(commons.job_board)
    assert commons.job_board.job_datasets(job_id) == (datasets, [1, 1, 1], passes)


def test_request_tells_its_datasets_and_parents(commons, stage, ask):
    parent_id = stage.settled_model()

    receipt = ask(parent_models=[parent_id])

    job_id = commons.job_board.job_count()
    assert receipt.decode_logs(commons.job_board.JobRequested)[0].job_id == job_id
    attached = receipt.decode_logs(commons.job_board.DatasetAttached)
    assert [(event.version, event.fee) for event in attached] == [(1, 0)]
    assert [event.model_id for event in receipt.decode_logs(commons.job_board.ParentAttached)] == [parent_id]
    assert commons.job_board.job_parents(job_id) == [parent_id]


def test_request_by_the_owner_needs_no_pass(commons, stage, provider):
    dataset_id = stage.publish()
    stage.approve_dollars(commons.job_board, provider)
    request = stage.job_request([dataset_id], [0])

    commons.job_board.request(SPEC_DIGEST, request, MAX, sender=provider)

    assert commons.job_board.get_job(commons.job_board.job_count()).requester == provider


def test_request_by_somebody_else_without_a_pass_is_refused(stage):
    dataset_id = stage.publish()

    with ape.reverts("JobBoard: no pass for a dataset"):
        stage.request_job([dataset_id], [0])


def test_request_with_the_wrong_pass_is_refused(commons, stage, provider):
    dataset_id, other_id = stage.publish(), stage.publish()
    wrong = {
        "of another right": stage.grant(dataset_id, right=DOWNLOAD),
        "of another dataset": stage.grant(other_id),
        "of another holder": stage.grant(dataset_id, to=provider),
        "that does not exist": 10**6,
    }

    stage.approve_dollars(commons.job_board)
    for pass_id in wrong.values():
        request = stage.job_request([dataset_id], [pass_id])
        assert_refused(
            commons.job_board.request,
            *(SPEC_DIGEST, request, MAX),
            sender=stage.researcher,
            error=commons.access_pass.PassNotUsable,
        )


def test_request_reserves_one_use_and_the_last_use_only_once(commons, stage):
    dataset_id = stage.publish()
    pass_id = stage.grant(dataset_id, uses=1)
    stage.request_job([dataset_id], [pass_id])

    assert commons.access_pass.passOf(pass_id).usesLeft == 0
    assert_refused(
        commons.job_board.request,
        *(SPEC_DIGEST, stage.job_request([dataset_id], [pass_id]), MAX),
        sender=stage.researcher,
        error=commons.access_pass.PassNotUsable,
    )


def test_request_above_the_requesters_maximum_is_refused(commons, stage, ask):
    escrow = PAY_PER_TASK + TREASURY_FEE

    with ape.reverts("JobBoard: escrow is above the maximum"):
        ask(max_escrow=escrow - 1)
    ask(max_escrow=escrow)
    assert stage.obligations() == escrow


def test_request_above_the_members_limit_is_refused_and_below_it_or_without_one_is_not(
    commons, stage, ask, timelock
):
    escrow = PAY_PER_TASK + TREASURY_FEE
    ask()
    commons.parameter_book.set_value(short_name("max_escrow"), escrow - 1, sender=timelock)
    with ape.reverts("JobBoard: escrow is above the limit"):
        ask()

    commons.parameter_book.set_value(short_name("max_escrow"), escrow, sender=timelock)
    ask()

    assert stage.obligations() == 2 * escrow


def test_request_without_an_approval_is_refused(commons, stage, stranger):
    dataset_id = stage.publish()
    request = stage.job_request([dataset_id], [stage.grant(dataset_id, to=stranger)])

    assert_refused(
        commons.job_board.request,
        *(SPEC_DIGEST, request, MAX),
        sender=stranger,
        error=commons.test_dollar.ERC20InsufficientAllowance,
    )


def test_request_with_an_empty_digest_is_refused(ask):
    with ape.reverts("JobBoard: empty spec digest"):
        ask(spec_digest=bytes(32))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"tasks": 0}, "JobBoard: a job has 1 to 8 tasks"),
        ({"tasks": 9}, "JobBoard: a job has 1 to 8 tasks"),
        ({"tasks": 2}, "JobBoard: a federated job has one task a dataset"),
        ({"versions": []}, "JobBoard: datasets, versions and passes differ in number"),
        ({"versions": [1, 1]}, "JobBoard: datasets, versions and passes differ in number"),
        ({"pass_ids": []}, "JobBoard: datasets, versions and passes differ in number"),
        ({"versions": [0]}, "JobBoard: no such dataset version"),
        ({"versions": [2]}, "JobBoard: no such dataset version"),
        ({"approve_by": 1}, "JobBoard: approve-by is in the past"),
        ({"claim_by": 1}, "JobBoard: claim-by is not after approve-by"),
        ({"claim_by": 2**40}, "JobBoard: claim-by is over a year away"),
        ({"qubits": 0}, "JobBoard: no qubits"),
        ({"qubits": 21}, "JobBoard: too many qubits"),
        ({"run_seconds": 0}, "JobBoard: no time to run"),
        ({"run_seconds": 3_601}, "JobBoard: too long a run"),
        ({"algorithm": VQE}, "JobBoard: algorithm is not allowed"),
        ({"engine": QSVM}, "JobBoard: engine is not allowed"),
        ({"payment_token": OTHER_TOKEN}, "JobBoard: payment token is not allowed"),
    ],
)
def test_request_that_cannot_be_is_refused(ask, changes, reason):
    with ape.reverts(reason):
        ask(**changes)


def test_request_at_the_limits_is_taken(stage, ask):
    ask(qubits=20, run_seconds=3_600)

    assert stage.obligations() == PAY_PER_TASK + TREASURY_FEE


def test_request_takes_eight_datasets_and_none(commons, stage):
    datasets = [stage.publish() for _ in range(8)]
    passes = [stage.grant(dataset_id) for dataset_id in datasets]

    federated = stage.request_job(datasets, passes, tasks=8)
    without_data = stage.request_job([], [])

    assert commons.job_board.get_job(federated).tasks == 8
    assert commons.job_board.job_datasets(without_data) == ([], [], [])


def test_request_that_names_a_dataset_twice_is_refused(stage):
    dataset_id = stage.publish()
    pass_id = stage.grant(dataset_id)

    with ape.reverts("JobBoard: dataset named twice"):
        stage.request_job([dataset_id] * 2, [pass_id] * 2)


@pytest.mark.parametrize("terms", [policy(compute=False), policy(algorithms=[VQE])])
def test_request_that_the_policy_does_not_permit_is_refused(commons, stage, provider, terms):
    dataset_id = stage.publish(policy=terms)
    stage.approve_dollars(commons.job_board, provider)
    request = stage.job_request([dataset_id], [0])

    with ape.reverts("JobBoard: a dataset does not permit the job"):
        commons.job_board.request(SPEC_DIGEST, request, MAX, sender=provider)


def test_request_on_a_retired_dataset_is_refused(commons, stage, provider):
    dataset_id = stage.publish()
    pass_id = stage.grant(dataset_id)
    commons.dataset_token.retire(dataset_id, sender=provider)

    with ape.reverts("JobBoard: a dataset does not permit the job"):
        stage.request_job([dataset_id], [pass_id])


def test_request_with_a_data_fee_in_another_token_is_refused(stage):
    dataset_id = stage.publish(jobFeeToken=OTHER_TOKEN, jobFee=1)
    pass_id = stage.grant(dataset_id)

    with ape.reverts("JobBoard: a dataset's fee is in another token"):
        stage.request_job([dataset_id], [pass_id])


def test_request_with_a_parent_of_somebody_else_is_refused(commons, stage, researcher, stranger, ask):
    parent_id = stage.settled_model()
    commons.model_token.transferFrom(researcher, stranger, parent_id, sender=researcher)

    with ape.reverts("JobBoard: not the owner of a parent model"):
        ask(parent_models=[parent_id])


def test_request_that_names_a_parent_twice_is_refused(stage, ask):
    parent_id = stage.settled_model()

    with ape.reverts("JobBoard: parent named twice"):
        ask(parent_models=[parent_id] * 2)


def test_fees_changed_later_leave_a_requested_job_as_it_was(commons, stage, timelock, ask):
    ask()
    job_id = commons.job_board.job_count()

    commons.parameter_book.set_value(short_name("job_fee_bps"), 1_000, sender=timelock)

    assert commons.job_board.get_job(job_id).treasury_fee == TREASURY_FEE


def test_request_may_name_an_older_version(commons, stage, provider):
    dataset_id = stage.publish()
    pass_id = stage.grant(dataset_id)
    commons.dataset_token.publishVersion(dataset_id, version(2), sender=provider)

    job_id = stage.request_job([dataset_id], [pass_id], versions=[1])

    assert commons.job_board.job_datasets(job_id)[1] == [1]


def test_request_with_permit_pays_by_signature(commons, stage, researcher):
    dataset_id = stage.publish()
    request = stage.job_request([dataset_id], [stage.grant(dataset_id)])
    escrow = PAY_PER_TASK + TREASURY_FEE
    signature = permit_signature(commons, researcher, commons.job_board.address, escrow, deadline=MAX)

    commons.job_board.request_with_permit(SPEC_DIGEST, request, escrow, MAX, *signature, sender=researcher)

    assert commons.test_dollar.allowance(researcher, commons.job_board) == 0
    assert stage.obligations() == escrow


def test_request_with_permit_survives_a_permit_that_somebody_used_first(commons, stage, researcher, stranger):
    dataset_id = stage.publish()
    request = stage.job_request([dataset_id], [stage.grant(dataset_id)])
    escrow, spender = PAY_PER_TASK + TREASURY_FEE, commons.job_board.address
    v, r, s = permit_signature(commons, researcher, spender, escrow, deadline=MAX)
    commons.test_dollar.permit(researcher, spender, escrow, MAX, v, r, s, sender=stranger)

    commons.job_board.request_with_permit(SPEC_DIGEST, request, escrow, MAX, v, r, s, sender=researcher)

    assert stage.obligations() == escrow


def test_request_with_permit_in_a_token_that_members_did_not_allow_is_refused(commons, stage, researcher):
    dataset_id = stage.publish()
    request = stage.job_request([dataset_id], [stage.grant(dataset_id)], payment_token=OTHER_TOKEN)

    with ape.reverts("JobBoard: payment token is not allowed"):
        commons.job_board.request_with_permit(
            SPEC_DIGEST, request, MAX, MAX, 27, bytes(32), bytes(32), sender=researcher
        )


@pytest.mark.parametrize("view", ["get_job", "get_task"])
def test_views_of_a_job_that_does_not_exist_are_refused(commons, view):
    arguments = (10**6,) if view == "get_job" else (10**6, 0)

    with ape.reverts("JobBoard: no such job" if view == "get_job" else "JobBoard: no such task"):
        getattr(commons.job_board, view)(*arguments)
