"""The part of a spec that names what training begins with, by content: members vote for that too."""

from itertools import pairwise
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from qjobs.spec.parts import Part
from qjobs.spec.values import BigUint, CidText

MAX_SEEN_DATASETS = 64


class WarmStart(Part):
    """What the one parent model is made of.

    spec_cid, manifest_cid: of the job that made it, as the chain names them. seen_datasets: the numbers,
    rising, of all datasets that the parent was trained on, or a model that it began with itself.
    """

    spec_cid: CidText
    manifest_cid: CidText
    seen_datasets: Annotated[tuple[BigUint, ...], Field(min_length=1, max_length=MAX_SEEN_DATASETS)]

    @field_validator("seen_datasets")
    @classmethod
    def _rises(cls, numbers: tuple[int, ...]) -> tuple[int, ...]:
        if any(later <= earlier for earlier, later in pairwise(numbers)):
            raise PydanticCustomError("increasing", "must increase from number to number")
        return numbers
