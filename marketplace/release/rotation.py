"""Changes the release service's own key: headers are wrapped anew, sealed files stay untouched."""

from django.views.decorators.debug import sensitive_variables

from common.errors import Conflict
from marketplace.models import ContentKey
from marketplace.release.files import wrap_anew
from marketplace.release.keys import keeper_of, key_file, release_identities
from marketplace.release.log import note
from storage.age.key_file import write_identities
from storage.age.keys import Identity


@sensitive_variables()
def rotate() -> int:
    """Makes a new key, keeps the old ones beside it, wraps every key for the new one; gives their number."""
    old = release_identities()
    newest = Identity.generate()
    write_identities(key_file(), [newest, *old])
    count = _wrap_all(newest)
    note("rotated", keeper=keeper_of(newest.recipient), keys=count)
    return count


@sensitive_variables()
def drop_old_keys() -> int:
    """Forgets the older keys; what an upload wrapped for one of them meanwhile is moved first.

    Raises Conflict where a key is wrapped for one that is not at hand: nothing is forgotten then.
    """
    newest, *old = release_identities()
    _wrap_all(newest)
    if ContentKey.objects.exclude(keeper=keeper_of(newest.recipient)).exists():
        raise Conflict("keys are still wrapped for older ones; try again")
    write_identities(key_file(), [newest])
    return len(old)


def _wrap_all(newest: Identity) -> int:
    recipient = newest.recipient
    waiting = ContentKey.objects.exclude(keeper=keeper_of(recipient)).values_list("cid", flat=True)
    return sum(wrap_anew(cid, recipient) for cid in list(waiting))
