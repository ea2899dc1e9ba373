"""What the ParameterBook holds: numbers, allow-lists, documents, and the guardian with its one pause."""

from django.db import models

from chain.models import ProjectedModel
from common.fields import AddressField, Bytes32Field, Uint256Field

THE_ONE = 1


class BookValue(ProjectedModel):
    """The number in force under a key, and since when."""

    key = models.CharField(primary_key=True, max_length=66)
    value = Uint256Field()
    set_at = models.BigIntegerField()
    set_tx = Bytes32Field()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class BookAllowance(ProjectedModel):
    """Whether an item is on the list of its kind: an engine, an algorithm, a payment token, an issuer."""

    allowance_id = models.CharField(primary_key=True, max_length=140, help_text="<kind>-<item>")
    kind = models.CharField(max_length=66)
    item = models.CharField(max_length=66, help_text="a short name, or 32 bytes as hex where it is none")
    is_allowed = models.BooleanField()
    set_at = models.BigIntegerField()
    set_tx = Bytes32Field()

    class Meta:
        ordering = ["kind", "item"]

    def __str__(self) -> str:
        return f"{self.kind} {self.item}: {'allowed' if self.is_allowed else 'not allowed'}"


class BookDocument(ProjectedModel):
    """The document in force of a kind; no digest where members took it back."""

    kind = models.CharField(primary_key=True, max_length=66)
    digest = Bytes32Field(null=True)
    set_at = models.BigIntegerField()
    set_tx = Bytes32Field()

    class Meta:
        ordering = ["kind"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.digest or 'none'}"


class Guardian(ProjectedModel):
    """Who may pause once. There is one row at most."""

    number = models.SmallIntegerField(primary_key=True, default=THE_ONE)
    address = AddressField(null=True)
    is_armed = models.BooleanField()
    paused_until = Uint256Field(default=0, help_text="the chain's time; 0 where nothing was paused")
    named_at = models.BigIntegerField()

    def __str__(self) -> str:
        return f"guardian {self.address or 'nobody'}"
