"""From the events of DatasetToken to datasets, versions and payees."""

from datetime import UTC, datetime

from django.db.models import F

from chain.abi import name_of
from chain.accounts import ZERO_ADDRESS
from chain.errors import UndecodableData
from chain.events import LogEvent
from marketplace.models import Dataset, DatasetVersion, Payee, VersionMetadata


def block_time(event: LogEvent) -> datetime:
    """When the event's block was made, by the chain's clock."""
    return datetime.fromtimestamp(event.block_timestamp, tz=UTC)


def dataset_minted(event: LogEvent) -> None:
    owner = event.args["owner"]
    Dataset.objects.create(
        token_id=event.args["tokenId"],
        owner=owner,
        minted_by=owner,
        minted_block=event.block_number,
        minted_at=block_time(event),
        minted_tx=event.tx_hash,
    )


def transferred(event: LogEvent) -> None:
    """A transfer clears the standing consent and starts a new epoch; minting is told by DatasetMinted."""
    if event.args["from"] == ZERO_ADDRESS:
        return
    _dataset(event).update(
        owner=event.args["to"], standing_consent=False, consent_epoch=F("consent_epoch") + 1
    )


def version_published(event: LogEvent) -> None:
    args = event.args
    DatasetVersion.objects.create(
        key=f"{args['tokenId']}/{args['number']}",
        dataset_id=args["tokenId"],
        number=args["number"],
        codec=args["codec"],
        content_digest=args["contentDigest"],
        metadata_digest=args["metadataDigest"],
        licence_hash=args["licenceHash"],
        size_bytes=args["sizeBytes"],
        published_by=_publisher(event),
        published_block=event.block_number,
        published_at=block_time(event),
        published_tx=event.tx_hash,
    )
    # One of a batch may be opened after newer ones: it does not become the newest.
    _dataset(event).filter(version_count__lt=args["number"]).update(
        version_count=args["number"], newest_metadata_digest=args["metadataDigest"]
    )
    # Not a fact of the chain but work to do: somebody must read this document.
    VersionMetadata.objects.get_or_create(digest=args["metadataDigest"])


def policy_set(event: LogEvent) -> None:
    _dataset(event).update(
        allow_download=event.args["download"],
        allow_compute=event.args["compute"],
        rows_in_model=event.args["rowsInModel"],
        algorithms=[_short_name(word) for word in event.args["algorithms"]],
    )


def payees_set(event: LogEvent) -> None:
    token_id = event.args["tokenId"]
    Payee.objects.filter(dataset_id=token_id).delete()
    pairs = zip(event.args["payees"], event.args["parts"], strict=True)
    for position, (address, parts) in enumerate(pairs):
        Payee.objects.create(
            key=f"{token_id}/{position}", dataset_id=token_id, position=position, address=address, parts=parts
        )


def standing_consent_set(event: LogEvent) -> None:
    _dataset(event).update(standing_consent=event.args["standing"])


def job_fee_set(event: LogEvent) -> None:
    _dataset(event).update(job_fee_token=event.args["token"], job_fee_units=event.args["amount"])


def dataset_retired(event: LogEvent) -> None:
    _dataset(event).update(is_retired=True)


def _publisher(event: LogEvent) -> str:
    """The owner of this moment, who alone publishes a newest version; one of a batch is opened by anybody."""
    newest = _dataset(event).filter(version_count__lt=event.args["number"])
    return newest.values_list("owner", flat=True).first() or ""


def _dataset(event: LogEvent):
    return Dataset.objects.filter(token_id=event.args["tokenId"])


def _short_name(word: str) -> str:
    """The name in a bytes32, or its hex where it is no short name: anyone may mint with any bytes."""
    try:
        return name_of(word)
    except UndecodableData:
        return word


HANDLERS = {
    ("DatasetToken", "DatasetMinted"): dataset_minted,
    ("DatasetToken", "Transfer"): transferred,
    ("DatasetToken", "VersionPublished"): version_published,
    ("DatasetToken", "PolicySet"): policy_set,
    ("DatasetToken", "PayeesSet"): payees_set,
    ("DatasetToken", "StandingConsentSet"): standing_consent_set,
    ("DatasetToken", "JobFeeSet"): job_fee_set,
    ("DatasetToken", "DatasetRetired"): dataset_retired,
}
