"""The store that the settings name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from storage.errors import StoreNotConfigured
from storage.kubo_store import KuboStore
from storage.local.store import LocalStore
from storage.pinned_place import PinnedPlace
from storage.pinning import PinningService
from storage.places import Place, SeveralPlaces
from storage.protocol import ContentStore

NODE_STARTS = ("http://", "https://", "/ip4/", "/ip6/", "/dns/", "/dns4/", "/dns6/", "/unix/")


def open_store(store_dir: Path | str | None = None, ipfs_api_url: str | None = None) -> ContentStore:
    """A Kubo node where its API's URL is given, else the local store in the folder."""
    if ipfs_api_url:
        return KuboStore(ipfs_api_url)
    if store_dir:
        return LocalStore(store_dir)
    raise StoreNotConfigured("name a folder for the local store, or the URL of an IPFS node's API")


@dataclass(frozen=True, slots=True)
class PinningAddress:
    """A pinning service, the gateway at which it shows what it has, and nodes of ours that it may dial."""

    api_url: str
    gateway_url: str
    token: str = field(repr=False)
    origins: tuple[str, ...] = ()


def open_pinned(pinning: PinningAddress) -> PinnedPlace:
    """The pinning service alone, for content that it can find in the network."""
    service = PinningService(pinning.api_url, pinning.token, origins=pinning.origins)
    return PinnedPlace(service, pinning.gateway_url)


def open_places(
    addresses: Sequence[str], *, copies: int | None = None, pinning: PinningAddress | None = None
) -> SeveralPlaces:
    """A store over folders and nodes' APIs, in the order of preference; copies None keeps one on each.

    pinning: a service that fetches from the nodes, so that it is always the last place.
    """
    places = []
    for number, address in enumerate(addresses, start=1):
        if address.startswith(NODE_STARTS):
            places.append(Place(f"place {number} (IPFS node)", KuboStore(address)))
        else:
            places.append(Place(f"place {number} (local store)", LocalStore(address)))
    if pinning is not None:
        if not any(isinstance(place.store, KuboStore) for place in places):
            raise StoreNotConfigured(
                "a pinning service fetches what it pins: it needs an IPFS node beside it"
            )
        places.append(Place(f"place {len(places) + 1} (pinning service)", open_pinned(pinning)))
    return SeveralPlaces(places, copies=len(places) if copies is None else copies)
