"""The words that answers of the API are made of, with the form in which each is written.

A TypedDict of these is what a function that makes an answer returns: the type checker holds the code to it,
and the OpenAPI document is written from it.
"""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field
from typing_extensions import TypedDict

Units = Annotated[str, Field(pattern="^(0|[1-9][0-9]{0,77})$", examples=["25000000"])]
"""An amount in base units, or a number of the chain: decimal text, so that JavaScript loses nothing."""
Id = Annotated[str, Field(pattern="^(0|[1-9][0-9]{0,77})$", examples=["1"])]
ChainId = Annotated[str, Field(pattern="^[1-9][0-9]*$", examples=["31337"])]
Address = Annotated[
    str, Field(pattern="^0x[0-9a-fA-F]{40}$", examples=["0x70997970C51812dc3A010C7d01b50e0d17dc79C8"])
]
Bytes32 = Annotated[str, Field(pattern="^0x[0-9a-f]{64}$", examples=["0x" + "5e" * 32])]
TransactionHash = Annotated[str, Field(pattern="^0x[0-9a-fA-F]{64}$", examples=["0x" + "c4" * 32])]
Hex = Annotated[str, Field(pattern="^0x([0-9a-fA-F]{2})*$", examples=["0xa9059cbb"])]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["5e" * 32])]
CidText = Annotated[
    str,
    Field(pattern="^b[a-z2-7]+$", examples=["bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"]),
]
Time = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z$",
        examples=["2027-01-15T08:00:00Z"],
        json_schema_extra={"format": "date-time"},
    ),
]
ChainName = Annotated[str, Field(pattern="^eip155:[1-9][0-9]*$", examples=["eip155:31337"])]
"""A chain as CAIP-2."""
AccountName = Annotated[
    str,
    Field(
        pattern="^eip155:[1-9][0-9]*:0x[0-9a-fA-F]{40}$",
        examples=["eip155:31337:0x70997970C51812dc3A010C7d01b50e0d17dc79C8"],
    ),
]
"""An account as CAIP-10."""
AssetName = Annotated[
    str,
    Field(
        pattern="^eip155:[1-9][0-9]*/erc(20:0x[0-9a-fA-F]{40}|721:0x[0-9a-fA-F]{40}/[0-9]+)$",
        examples=["eip155:31337/erc721:0x5FbDB2315678afecb367f032d93F642f64180aa3/1"],
    ),
]
"""A token as CAIP-19."""
Json = dict[str, Any]

Item = TypeVar("Item")


class PageOf(TypedDict, Generic[Item]):
    """Some of many; `next` is the `cursor` of the page after it, null at the end."""

    results: list[Item]
    next: str | None


class ListOf(TypedDict, Generic[Item]):
    """All that there are."""

    results: list[Item]


class ErrorWords(TypedDict):
    """`code` is for programs and stays; `message` is for people; `field` names the part that is to blame."""

    code: Annotated[str, Field(examples=["invalid_input"])]
    message: Annotated[str, Field(examples=["this is missing"])]
    field: str | None


class ErrorAnswer(TypedDict):
    """The one form of every refusal."""

    error: ErrorWords
