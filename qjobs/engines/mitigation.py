"""What IBM's service is asked to do against errors, as options of its primitives.

The Sampler gives single outcomes, so nothing that corrects expected values is for it. Fake backends do none
of it at all.
"""

import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Literal, get_args

from qiskit_ibm_runtime.options import (
    DynamicalDecouplingOptions,
    EnvironmentOptions,
    EstimatorOptions,
    ResilienceOptionsV2,
    SamplerOptions,
    TwirlingOptions,
    ZneOptions,
)

from common.errors import InvalidInput

Decoupling = Literal["XX", "XpXm", "XY4"]
Extrapolator = Literal[
    "linear",
    "exponential",
    "double_exponential",
    "polynomial_degree_2",
    "polynomial_degree_3",
]
LEAST_FACTORS = {
    "linear": 2,
    "exponential": 2,
    "double_exponential": 4,
    "polynomial_degree_2": 3,
    "polynomial_degree_3": 4,
}
MOST_RESILIENCE = 2
MOST_FACTOR = 9.0
OF_VALUES = ("resilience_level", "readout", "noise_factors", "extrapolator")
"""What only the Estimator has."""


class MitigationRefused(InvalidInput):
    """What is asked for cannot be, or not together."""

    code = "mitigation_refused"


class MitigationIgnored(UserWarning):
    """A fake backend was asked for what only hardware's service does."""


@dataclass(frozen=True)
class Mitigation:
    """None leaves each to the service, which decides by its `resilience_level` (its own default is 1).

    resilience_level: 0 nothing, 1 readout, 2 readout, gate twirling and extrapolation.
    readout: twirled readout error extinction, TREX (van den Berg et al. 2022, arXiv:2012.09738).
    noise_factors: by which gates are folded, at least 1 each; with them the values are extrapolated to no
    noise by `extrapolator` (arXiv:1612.02058). decoupling: pulses on idle qubits (arXiv:2207.03670 compares
    the sequences). twirl_gates, twirl_measurements: random Paulis around them (arXiv:1512.01098).
    """

    resilience_level: int | None = None
    readout: bool | None = None
    noise_factors: tuple[float, ...] | None = None
    extrapolator: Extrapolator | None = None
    decoupling: Decoupling | None = None
    twirl_gates: bool | None = None
    twirl_measurements: bool | None = None

    def __post_init__(self) -> None:
        if self.resilience_level is not None and self.resilience_level not in range(MOST_RESILIENCE + 1):
            raise MitigationRefused(f"the resilience level is {self.resilience_level}, not 0, 1 or 2")
        if self.decoupling is not None and self.decoupling not in get_args(Decoupling):
            raise MitigationRefused(f"there is no decoupling sequence {self.decoupling!r}")
        if self.extrapolator is not None and self.noise_factors is None:
            raise MitigationRefused("an extrapolator needs noise factors")
        if self.noise_factors is not None:
            self._require_factors(self.noise_factors)

    def _require_factors(self, factors: tuple[float, ...]) -> None:
        name = self.extrapolator or "linear"
        if name not in LEAST_FACTORS:
            raise MitigationRefused(f"there is no extrapolator {name!r}")
        least = LEAST_FACTORS[name]
        if len(set(factors)) != len(factors) or len(factors) < least:
            raise MitigationRefused(f"{name} needs {least} noise factors or more, no two alike")
        if not all(1 <= each <= MOST_FACTOR for each in factors):
            raise MitigationRefused(f"noise factors lie from 1 to {MOST_FACTOR:g}")

    @property
    def asked(self) -> tuple[str, ...]:
        """The names of what is asked for."""
        return tuple(each.name for each in fields(self) if getattr(self, each.name) is not None)

    @property
    def corrects_values(self) -> bool:
        """Whether anything is asked for that makes expected values better. Level 1 corrects the readout and
        nothing else."""
        is_read_out = self.resilience_level == 1 if self.readout is None else self.readout
        return is_read_out or self.noise_factors is not None or self.resilience_level == MOST_RESILIENCE

    def of_samples(self) -> "Mitigation":
        """The part that single outcomes can have too."""
        return Mitigation(
            decoupling=self.decoupling,
            twirl_gates=self.twirl_gates,
            twirl_measurements=self.twirl_measurements,
        )

    def sampler_options(self, *, tags: Sequence[str] = ()) -> SamplerOptions:
        """For SamplerV2; raises `MitigationRefused` where more is asked for than it can do."""
        of_values = ", ".join(name for name in self.asked if name in OF_VALUES)
        if of_values:
            raise MitigationRefused(f"the Sampler gives outcomes, no values: {of_values} is the Estimator's")
        return SamplerOptions(
            dynamical_decoupling=self._decoupling(),
            twirling=self._twirling(),
            environment=_environment(tags),
        )

    def estimator_options(self, *, tags: Sequence[str] = ()) -> EstimatorOptions:
        """For EstimatorV2."""
        resilience: dict[str, object] = {}
        if self.readout is not None:
            resilience["measure_mitigation"] = self.readout
        if self.noise_factors is not None:
            zne = ZneOptions(noise_factors=self.noise_factors, extrapolator=self.extrapolator or "linear")
            resilience |= {"zne_mitigation": True, "zne": zne}
        level = {} if self.resilience_level is None else {"resilience_level": self.resilience_level}
        return EstimatorOptions(
            **level,
            resilience=ResilienceOptionsV2(**resilience),
            dynamical_decoupling=self._decoupling(),
            twirling=self._twirling(),
            environment=_environment(tags),
        )

    def _decoupling(self) -> DynamicalDecouplingOptions:
        if self.decoupling is None:
            return DynamicalDecouplingOptions()
        return DynamicalDecouplingOptions(enable=True, sequence_type=self.decoupling)

    def _twirling(self) -> TwirlingOptions:
        asked = {"enable_gates": self.twirl_gates, "enable_measure": self.twirl_measurements}
        return TwirlingOptions(**{name: each for name, each in asked.items() if each is not None})


NO_MITIGATION = Mitigation()


def simulated(mitigation: Mitigation, seed: int) -> dict[str, dict[str, int]]:
    """What a fake backend heeds: a seed alone. Warns of `MitigationIgnored` where more was asked for."""
    if mitigation.asked:
        warnings.warn(ignored_words(mitigation), MitigationIgnored, stacklevel=2)
    # One more: a seed of 0 passes for none.
    return {"simulator": {"seed_simulator": seed + 1}}


def ignored_words(mitigation: Mitigation) -> str:
    """What a fake backend does with all of it."""
    return f"a fake backend only simulates the device: it ignores {', '.join(mitigation.asked)}"


def as_document(mitigation: Mitigation) -> dict[str, object]:
    """What is asked for, as JSON values."""
    asked = asdict(mitigation)
    return {name: asked[name] for name in mitigation.asked}


def _environment(tags: Sequence[str]) -> EnvironmentOptions:
    return EnvironmentOptions(job_tags=list(tags)) if tags else EnvironmentOptions()
