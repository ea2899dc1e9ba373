"""How parameters of a circuit are trained."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from qjobs.spec.parts import Part

Iterations = Annotated[int, Field(ge=1, le=2000)]
StepSize = Annotated[float, Field(gt=0, le=1)]


class Lbfgs(Part):
    """Limited-memory quasi-Newton steps on exact gradients, until the slope is gone (Byrd et al. 1995)."""

    name: Literal["l-bfgs"] = "l-bfgs"
    iterations: Iterations = 300


class Adam(Part):
    """Steps along averaged exact gradients (Kingma and Ba 2015, arXiv:1412.6980)."""

    name: Literal["adam"] = "adam"
    iterations: Iterations = 300
    step: StepSize = 0.05


class Spsa(Part):
    """Two values a step along a random direction, as on hardware (Spall 1998, gains of its section III).

    `step`: the first change of an angle, radians; `probe`: how far the values are taken.
    """

    name: Literal["spsa"] = "spsa"
    iterations: Iterations = 500
    step: StepSize = 0.2
    probe: StepSize = 0.1


def _name(value: Any) -> Any:
    return value.get("name", "l-bfgs") if isinstance(value, dict) else getattr(value, "name", None)


AnyOptimiser = Lbfgs | Adam | Spsa

Optimiser = Annotated[
    Annotated[Lbfgs, Tag("l-bfgs")] | Annotated[Adam, Tag("adam")] | Annotated[Spsa, Tag("spsa")],
    Discriminator(_name),
]

OPTIMISERS = ("l-bfgs", "adam", "spsa")
