"""The API's JSON of proposals, votes and members; big numbers as decimal strings, times as ISO 8601."""

from datetime import UTC, datetime

from django.conf import settings

from chain.deployments import current
from common.caip import account_name, chain_name
from common.moments import LAST_SECOND
from governance.api.answers import (
    ActionAnswer,
    BallotAnswer,
    GovernanceAnswer,
    KindAnswer,
    MemberAnswer,
    ProposalRow,
    ProposalStep,
    ProposalWithActions,
)
from governance.models import Vote
from governance.rules.actions import ActionInWords
from governance.rules.descriptions import body_of, title_of
from governance.rules.kinds import ActionKind
from governance.selectors.members import MemberView
from governance.selectors.proposals import Milestone, ProposalView, timeline_of
from governance.selectors.settings import GovernanceView


def iso_time(second: int | None) -> str | None:
    """Unix seconds as ISO 8601 in UTC; what lies beyond the calendar is given as its last second."""
    if second is None:
        return None
    return datetime.fromtimestamp(min(second, LAST_SECOND), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def proposal_json(view: ProposalView) -> ProposalWithActions:
    """A proposal without its ballots."""
    row = view.proposal
    return {
        **proposal_summary_json(view),
        "description": body_of(row.description),
        "description_hash": row.description_hash,
        "actions": [_action_json(action) for action in view.actions],
        "timeline": [_milestone_json(point) for point in timeline_of(view)],
    }


def proposal_summary_json(view: ProposalView) -> ProposalRow:
    """A proposal in a list: neither its whole description nor its calldata, which may be long."""
    row, facts = view.proposal, view.facts
    return {
        "proposal_id": str(row.proposal_id),
        "state": view.state,
        "proposer": row.proposer,
        "title": title_of(row.description),
        "summaries": [action.summary for action in view.actions],
        "is_fully_understood": view.is_fully_understood,
        "votes": {
            "for": str(facts.for_units),
            "against": str(facts.against_units),
            "abstain": str(facts.abstain_units),
            "quorum": str(facts.quorum_units),
            "quorum_reached": facts.quorum_missing_units == 0,
            "quorum_missing": str(facts.quorum_missing_units),
            "voters": row.voters,
        },
        "snapshot": iso_time(row.snapshot_at),
        "deadline": iso_time(row.deadline_at),
        "extended_deadline": iso_time(row.extended_deadline_at),
        "eta": iso_time(row.eta_at),
        "chain_time": iso_time(view.chain_time),
        "can": {
            "vote": view.can_vote,
            "queue": view.can_queue,
            "execute": view.can_execute,
            "cancel": view.can_cancel,
        },
    }


def ballot_json(vote: Vote) -> BallotAnswer:
    """One vote."""
    return {
        "voter": vote.voter,
        "support": vote.get_support_display(),
        "weight": str(vote.weight_units),
        "reason": vote.reason,
        "at": iso_time(vote.cast_at),
        "block": vote.cast_block,
        "tx_hash": vote.cast_tx,
    }


def member_json(member: MemberView) -> MemberAnswer:
    """One member."""
    return {
        "address": member.address,
        "account_id": account_name(settings.CHAIN_ID, member.address),
        "balance": str(member.balance),
        "power": str(member.power),
        "delegate": member.delegate,
        "delegators": member.delegators,
        "threshold": str(member.threshold),
        "can_propose": member.can_propose,
        "hint": member.hint,
    }


def governance_json(view: GovernanceView) -> GovernanceAnswer:
    """The rules of the vote in force."""
    contracts = current()
    return {
        "chain": chain_name(contracts.chain_id),
        "governor": contracts.address_of("CommonsGovernor"),
        "timelock": contracts.address_of("Timelock"),
        "vote_token": contracts.address_of("VoteToken"),
        "total_supply": str(view.total_supply),
        "quorum": str(view.quorum),
        "quorum_percent": view.quorum_percent,
        "threshold": str(view.threshold),
        "voting_delay": view.voting_delay,
        "voting_period": view.voting_period,
        "late_quorum_extension": view.late_quorum_extension,
        "timelock_delay": view.timelock_delay,
        "chain_time": iso_time(view.chain_time),
    }


def _action_json(action: ActionInWords) -> ActionAnswer:
    return {
        "target": action.target,
        "value": str(action.value_wei),
        "calldata": action.calldata,
        "contract": action.contract,
        "function": action.function,
        "summary": action.summary,
        "arguments": [{"name": name, "value": value} for name, value in action.arguments],
        "decoded": action.is_decoded,
    }


def _milestone_json(point: Milestone) -> ProposalStep:
    return {
        "event": point.event,
        "at": iso_time(point.at),
        "block": point.block,
        "tx_hash": point.tx_hash,
        "done": point.is_done,
    }


def kind_json(kind: ActionKind) -> KindAnswer:
    """A typed form of a proposal."""
    return {
        "kind": kind.name,
        "title": kind.title,
        "explanation": kind.explanation,
        "fields": [
            {
                "name": field.name,
                "label": field.label,
                "hint": field.hint,
                "choices": [{"value": one.value, "label": one.label} for one in field.choices],
                "is_optional": field.is_optional,
            }
            for field in kind.fields()
        ],
    }
