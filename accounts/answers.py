"""What the API answers about sign-in and keys."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from common.api_types import AccountName, Address, ChainId, Id, Time


class SignInOffer(TypedDict):
    """A nonce, and the whole EIP-4361 message where an address was given."""

    nonce: Annotated[str, Field(examples=["k3Vb0pQ2mZr8xT1y"])]
    domain: str
    uri: str
    version: Literal["1"]
    chain_id: ChainId
    statement: str | None
    issued_at: Time
    expiration_time: Time | None
    message: str | None


class SignedIn(TypedDict):
    """The wallet that is signed in now."""

    address: Address
    is_staff: bool


class Caller(TypedDict):
    """Who asks; nulls for a visitor."""

    address: Address | None
    account_id: AccountName | None
    is_staff: bool
    chain_id: ChainId


class KeyAnswer(TypedDict):
    """A key without the key."""

    id: Id
    name: str
    scope: Annotated[str, Field(pattern="^(read|act)$", examples=["read"])]
    start: Annotated[str, Field(examples=["qk_3vLq9aZ"])]
    created_at: Time
    last_used_at: Time | None


class NewKeyAnswer(KeyAnswer):
    """A key with the key, which is told this once."""

    key: str
