"""What the Governor and the Timelock are set to, and the histories that a quorum is computed from."""

from django.db import models

from chain.models import ProjectedModel
from common.fields import Bytes32Field, Uint256Field


class GovernorSetting(ProjectedModel):
    """One setting in force, by the name of its event: voting_delay, voting_period, proposal_threshold, ..."""

    name = models.CharField(primary_key=True, max_length=40)
    value = Uint256Field()

    def __str__(self) -> str:
        return f"{self.name} = {self.value}"


class SupplyCheckpoint(ProjectedModel):
    """The supply of VoteTokens from a second on."""

    at = models.BigIntegerField(primary_key=True)
    units = Uint256Field()

    def __str__(self) -> str:
        return f"{self.units} from {self.at}"


class QuorumCheckpoint(ProjectedModel):
    """The quorum's percentage of the supply from a second on."""

    at = models.BigIntegerField(primary_key=True)
    percent = models.SmallIntegerField()

    def __str__(self) -> str:
        return f"{self.percent} % from {self.at}"


class TimelockOperation(ProjectedModel):
    """A scheduled operation. Anyone may execute it past the Governor, so its own events count too."""

    operation_id = Bytes32Field(primary_key=True)
    proposal_id = Uint256Field(null=True, unique=True)  # type: ignore[misc]  # as in qjobs.models.job
    scheduled_tx = Bytes32Field(db_index=True)
    ready_at = models.BigIntegerField()
    done_at = models.BigIntegerField(null=True)
    cancelled_at = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"operation {self.operation_id}"
