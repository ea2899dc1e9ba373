"""Descriptions and actions in words."""

import pytest

from chain.abi import Call, short_name
from chain.bindings import commons_governor, job_board, parameter_book
from chain.decode import DecodedCall
from chain.deployments import Deployment
from common.errors import InvalidInput
from governance.rules.actions import NOTHING, UNREADABLE, in_words
from governance.rules.descriptions import body_of, proposal_id, title_of, with_proposer
from governance.selectors.actions import action_in_words

MEMBER = "0x" + "aB" * 20
OTHER = "0x" + "cd" * 20
BOARD, BOOK = "0x" + "11" * 20, "0x" + "22" * 20
DEPLOYMENT = Deployment(chain_id=1, start_block=0, contracts={"JobBoard": BOARD, "ParameterBook": BOOK})
DIGEST = "0x" + "77" * 32


def words_of(call: Call):
    return action_in_words(call, DEPLOYMENT)


def test_description_ends_with_its_proposer_once():
    text = with_proposer("Raise the fee", MEMBER)

    assert text == f"Raise the fee\n#proposer={MEMBER}"
    assert with_proposer(text, OTHER) == f"Raise the fee\n#proposer={OTHER}"
    assert body_of(text) == "Raise the fee"


@pytest.mark.parametrize("text", ["", "  \n ", f"#proposer={MEMBER}", "x" * 20_001])
def test_description_that_is_empty_or_endless_is_refused(text):
    with pytest.raises(InvalidInput):
        with_proposer(text, MEMBER)


def test_title_is_the_first_line_shortened():
    assert title_of("# Raise the fee\nbody") == "Raise the fee"
    assert title_of("") == "Untitled proposal"
    assert len(title_of("y" * 500)) == 120


def test_proposal_id_changes_with_every_part():
    given = ([BOARD], [0], ["0x01"], "text")
    changed = [([BOOK], *given[1:]), (given[0], [1], *given[2:]), (*given[:3], "other")]

    numbers = {proposal_id(*parts) for parts in [given, *changed]}

    assert len(numbers) == 4


def test_approval_of_a_job_is_told_from_its_calldata():
    words = words_of(job_board.APPROVE.call(BOARD, job_id=3, spec_digest=DIGEST))

    assert words.summary == f"Approve job 3 to run, exactly as the spec with digest {DIGEST} says"
    assert words.arguments == (("job_id", "3"), ("spec_digest", DIGEST))


def test_parameter_is_told_by_its_short_name():
    call = parameter_book.SET_ALLOWED.call(
        BOOK, kind=short_name("engine"), item=short_name("aer"), allowed=True
    )

    assert words_of(call).summary == "Allow aer as engine"


def test_function_without_a_sentence_is_told_by_name_and_arguments():
    decoded = DecodedCall("JobBoard", "settle", {"job_id": 4})

    assert in_words(Call(BOARD, b"\0\0\0\0"), decoded, "JobBoard").summary == "JobBoard.settle(job_id=4)"


@pytest.mark.parametrize(
    "call",
    [
        Call(OTHER, b"\xde\xad\xbe\xef"),
        Call(BOARD, b"\xde\xad\xbe\xef"),
        Call(BOARD, job_board.SETTLE.encode(job_id=1) + b"\0"),
        Call(BOARD, b""),
    ],
)
@pytest.mark.attack("S15")
def test_calldata_with_any_byte_not_understood_is_flagged(call):
    words = words_of(call)

    assert not words.is_decoded
    assert words.summary == UNREADABLE


def test_plain_payment_is_understood():
    words = words_of(Call(OTHER, b"", value=1_500_000_000_000_000_000))

    assert words.is_decoded
    assert words.summary == f"Send 1.5 ETH to {OTHER}"


def test_empty_call_of_the_timelock_changes_nothing_and_of_another_contract_is_not_understood():
    deployment = Deployment(chain_id=1, start_block=0, contracts={"Timelock": OTHER, "JobBoard": BOARD})

    assert action_in_words(Call(OTHER, b""), deployment).summary == NOTHING
    assert not action_in_words(Call(BOARD, b""), deployment).is_decoded


def test_known_parameter_is_told_in_its_unit():
    call = parameter_book.SET_VALUE.call(BOOK, key=short_name("market_fee_bps"), value=300)

    assert words_of(call).summary == "Set the market's fee (market_fee_bps) to 3 %"


def test_rule_of_the_vote_is_told_in_time_and_votes():
    governor = Deployment(chain_id=1, start_block=0, contracts={"CommonsGovernor": BOOK})
    period = commons_governor.SET_VOTING_PERIOD.call(BOOK, newVotingPeriod=90)
    threshold = commons_governor.SET_PROPOSAL_THRESHOLD.call(BOOK, newProposalThreshold=10**22)

    assert action_in_words(period, governor).summary == "Set the length of a vote to 1 min 30 s"
    assert action_in_words(threshold, governor).summary == "Ask for 10,000 votes to propose"
