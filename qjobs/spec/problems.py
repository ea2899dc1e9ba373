"""Choices under constraints that QAOA may be asked for beside the largest cut, one class a problem."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, model_validator
from pydantic_core import PydanticCustomError

from qjobs.spec.parts import Part
from qjobs.spec.values import CellText

MAX_PERIODS = 1_000_000


class Portfolio(Part):
    """Which `choose` assets to hold in equal parts: the largest mean return less `risk_aversion` times the
    variance (Markowitz 1952; as a QUBO: Brandhofer et al. 2022, arXiv:2207.10555).

    The dataset has one period a row and the returns of one asset in each column read; one qubit an asset.
    """

    name: Literal["portfolio"]
    choose: Annotated[int, Field(ge=1, le=19)]
    risk_aversion: Annotated[float, Field(ge=0, le=1e6)] = 1.0


class VertexCover(Part):
    """The fewest nodes that have an end of every edge: where to listen to hear every link of a network
    (Karp 1972; Lucas 2014, arXiv:1302.5843, section 4.3). One qubit a node.
    """

    name: Literal["vertex-cover"]


class ChannelAssignment(Part):
    """One of `channels` for each node so that the edges within a channel weigh least: edges are interference
    (Aardal et al. 2007, Annals of Operations Research 153, 79-129; one-hot as in Lucas 2014, section 6.1).

    One qubit a node and channel.
    """

    name: Literal["channel-assignment"]
    channels: Annotated[int, Field(ge=2, le=4)] = 2


class Route(Part):
    """The shortest way from node `source` to node `target`, weights being lengths (Krauss and McCollum 2020,
    IEEE Transactions on Quantum Engineering 1, 3100212).

    One qubit for each edge and direction, but for those into the source and out of the target.
    """

    name: Literal["route"]
    source: CellText
    target: CellText

    @model_validator(mode="after")
    def _ends_differ(self) -> "Route":
        if self.source == self.target:
            raise PydanticCustomError("no_route", "a route has two different ends")
        return self


Problem = Annotated[Portfolio | VertexCover | ChannelAssignment | Route, Discriminator("name")]
PROBLEMS = ("portfolio", "vertex-cover", "channel-assignment", "route")
