"""Boosted trees as a classical model beside others."""

from typing import Annotated

from pydantic import Field

from qjobs.spec.parts import Part


class Boosting(Part):
    """Gradient-boosted trees of the best of these depths, by cross-validation inside the training part."""

    depths: Annotated[tuple[Annotated[int, Field(ge=1, le=8)], ...], Field(min_length=1, max_length=4)] = (
        1,
        3,
    )
    trees: Annotated[int, Field(ge=1, le=500)] = 50
