"""Listings, purchases, passes and credits as the chain has them."""

from django.db import models

from chain.models import ProjectedModel
from common.fields import AddressField, Bytes32Field, Uint256Field
from marketplace.models.words import Right, SubjectKind


class Listing(ProjectedModel):
    """An offer of a right; whether it can be bought now also hangs on the subject and the clock."""

    listing_id = models.BigIntegerField(primary_key=True)
    subject_kind = models.SmallIntegerField(choices=SubjectKind.choices)
    subject_id = models.BigIntegerField()
    seller = AddressField(db_index=True)
    right = models.SmallIntegerField(choices=Right.choices)
    first_version = models.IntegerField()
    payment_token = AddressField()
    price_units = Uint256Field()
    stock = models.BigIntegerField(help_text="passes offered in all; 0 is unlimited")
    sold = models.BigIntegerField(default=0)
    pass_seconds = models.DecimalField(max_digits=20, decimal_places=0, help_text="0 never expires")
    pass_uses = models.BigIntegerField(help_text="0 is unlimited")
    closes_at = models.DecimalField(max_digits=20, decimal_places=0, help_text="unix seconds; 0 stays open")
    subject_epoch = models.BigIntegerField(default=0, help_text="transfers of the subject before the listing")
    is_delisted = models.BooleanField(default=False)
    listed_block = models.BigIntegerField()
    listed_at = models.DateTimeField()
    listed_tx = Bytes32Field()
    # Whether the subject is neither transferred since nor retired, and whether a newer offer took this one's
    # place; the trade selectors ask for them.
    subject_stands: bool
    is_replaced: bool

    class Meta:
        ordering = ["-listing_id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="marketplace_listing_subject")]

    def __str__(self) -> str:
        return f"listing {self.listing_id}"


class ModelTransfers(ProjectedModel):
    """How often a model changed hands; no row for one that never did. Each time ends its listings."""

    token_id = models.BigIntegerField(primary_key=True)
    transfers = models.BigIntegerField()

    class Meta:
        ordering = ["-token_id"]
        verbose_name_plural = "model transfers"

    def __str__(self) -> str:
        return f"transfers of model {self.token_id}"


class AccessPass(ProjectedModel):
    """A right that a wallet holds."""

    pass_id = models.BigIntegerField(primary_key=True)
    holder = AddressField(db_index=True)
    subject_kind = models.SmallIntegerField(choices=SubjectKind.choices)
    subject_id = models.BigIntegerField()
    right = models.SmallIntegerField(choices=Right.choices)
    first_version = models.IntegerField()
    expires_at = models.DecimalField(max_digits=20, decimal_places=0, help_text="unix seconds; 0 never")
    uses_total = models.BigIntegerField(help_text="0 is unlimited")
    uses_left = models.BigIntegerField()
    payment_token = AddressField()
    price_units = Uint256Field()
    is_revoked = models.BooleanField(default=False)
    refunded_units = Uint256Field(default=0)
    issued_block = models.BigIntegerField()
    issued_at = models.DateTimeField()
    issued_tx = Bytes32Field()

    class Meta:
        ordering = ["-pass_id"]
        verbose_name_plural = "access passes"
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="marketplace_pass_subject")]

    def __str__(self) -> str:
        return f"pass {self.pass_id}"


class Purchase(ProjectedModel):
    """A sale: one for each pass that was bought."""

    pass_id = models.BigIntegerField(primary_key=True)
    listing_id = models.BigIntegerField(db_index=True)
    buyer = AddressField(db_index=True)
    subject_kind = models.SmallIntegerField(choices=SubjectKind.choices)
    subject_id = models.BigIntegerField()
    version = models.IntegerField()
    payment_token = AddressField()
    price_units = Uint256Field()
    treasury_fee_units = Uint256Field()
    royalty_units = Uint256Field()
    bought_block = models.BigIntegerField()
    bought_at = models.DateTimeField()
    bought_tx = Bytes32Field()

    class Meta:
        ordering = ["-pass_id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="marketplace_sale_subject")]

    def __str__(self) -> str:
        return f"purchase of pass {self.pass_id}"


class ModelSale(ProjectedModel):
    """A model itself that changed hands through the market; its listing sells once."""

    listing_id = models.BigIntegerField(primary_key=True)
    token_id = models.BigIntegerField(db_index=True)
    seller = AddressField(db_index=True)
    buyer = AddressField(db_index=True)
    payment_token = AddressField()
    price_units = Uint256Field()
    treasury_fee_units = Uint256Field()
    royalty_units = Uint256Field()
    sold_block = models.BigIntegerField()
    sold_at = models.DateTimeField()
    sold_tx = Bytes32Field()

    class Meta:
        ordering = ["-sold_block", "-listing_id"]

    def __str__(self) -> str:
        return f"sale of model {self.token_id}"


class MarketCredit(ProjectedModel):
    """What an account has earned at the market in one token, and taken out."""

    key = models.CharField(primary_key=True, max_length=90, help_text="account / token")
    account = AddressField(db_index=True)
    token = AddressField()
    earned_units = Uint256Field(default=0)
    withdrawn_units = Uint256Field(default=0)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return f"credit of {self.account}"

    @property
    def available_units(self) -> int:
        """What `withdraw` would pay out."""
        return self.earned_units - self.withdrawn_units
