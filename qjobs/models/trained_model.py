"""Models that jobs gave, as ModelToken tells them."""

from django.db import models

from chain.models import ProjectedModel
from common.fields import AddressField, Bytes32Field


class TrainedModel(ProjectedModel):
    """One ModelToken: a trained model version, bound to its job and its digests."""

    token_id = models.BigIntegerField(primary_key=True)
    job_id = models.BigIntegerField(db_index=True)
    owner = AddressField(db_index=True)
    artefact_digest = Bytes32Field()
    metrics_digest = Bytes32Field()
    run_record_digest = Bytes32Field()
    minted_at = models.BigIntegerField()
    minted_block = models.BigIntegerField()
    minted_tx = Bytes32Field()

    class Meta:
        ordering = ["-token_id"]

    def __str__(self) -> str:
        return f"model {self.token_id}"
