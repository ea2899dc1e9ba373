"""From the events of AccessPass to passes."""

from django.db.models import F

from chain.events import LogEvent
from marketplace.models import AccessPass
from marketplace.projections.dataset import block_time


def pass_issued(event: LogEvent) -> None:
    args = event.args
    AccessPass.objects.create(
        pass_id=args["passId"],
        holder=args["holder"],
        subject_kind=args["subjectKind"],
        subject_id=args["subjectId"],
        right=args["right"],
        first_version=args["firstVersion"],
        expires_at=args["expiresAt"],
        uses_total=args["uses"],
        uses_left=args["uses"],
        payment_token=args["paymentToken"],
        price_units=args["pricePaid"],
        issued_block=event.block_number,
        issued_at=block_time(event),
        issued_tx=event.tx_hash,
    )


def uses_changed(event: LogEvent) -> None:
    AccessPass.objects.filter(pass_id=event.args["passId"]).update(uses_left=event.args["usesLeft"])


def pass_revoked(event: LogEvent) -> None:
    revoked = AccessPass.objects.filter(pass_id=event.args["passId"])
    revoked.update(is_revoked=True, refunded_units=F("refunded_units") + event.args["refunded"])
    revoked.filter(uses_total__gt=0).update(uses_left=0)


def pass_restored(event: LogEvent) -> None:
    AccessPass.objects.filter(pass_id=event.args["passId"]).update(is_revoked=False)


HANDLERS = {
    ("AccessPass", "PassIssued"): pass_issued,
    ("AccessPass", "UseReserved"): uses_changed,
    ("AccessPass", "UseReleased"): uses_changed,
    ("AccessPass", "PassRevoked"): pass_revoked,
    ("AccessPass", "PassRestored"): pass_restored,
}
