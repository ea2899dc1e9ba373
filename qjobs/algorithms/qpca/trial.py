"""The components as a device would find them: the coordinates of some rows from their states alone."""

from numpy.typing import NDArray

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.noise_evaluation.trial import Trial, TrialTooLarge, rows_that_fit
from qjobs.algorithms.preprocessing import Reduction
from qjobs.algorithms.qpca.bases import basis_turns, in_any_basis, outcome_values
from qjobs.algorithms.qpca.components import HeldOut, linear_map
from qjobs.algorithms.qpca.model import QpcaModel
from qjobs.algorithms.qpca.rows import Features
from qjobs.engines.overlap import paired_rows
from qjobs.engines.statevector import StatevectorEngine
from qjobs.spec import ReductionSpec
from qjobs.spec.noise import NoiseEvaluation
from qjobs.spec.reduction import MAX_READ_QUBITS


def coordinates_trial(
    spec: ReductionSpec,
    evaluation: NoiseEvaluation,
    features: Features,
    reduction: Reduction,
    model: QpcaModel,
) -> Trial:
    """The answers are all coordinates, (n, k), scored by what is given back from them: by the linear map that
    gives back most from the exact coordinates of all rows. It tells the device's part, not new rows'.
    Raises `TrialTooLarge`."""
    if spec.qubits > MAX_READ_QUBITS:
        raise TrialTooLarge(
            f"a row of {spec.qubits} qubits is read in 3**{spec.qubits} bases; the limit is "
            f"{MAX_READ_QUBITS} qubits"
        )
    circuit, turns = feature_map_circuit(spec.qubits, spec.feature_map), basis_turns(spec.qubits)
    picked = rows_that_fit(evaluation, len(turns), spec.qubits, len(features))
    angles = reduction.apply(features.values) * model.bandwidth[0]
    program = StatevectorEngine(spec.limits.memory_bytes).compile(circuit)
    standard = reduction.standardiser.apply(features.values)
    given_back = linear_map(model.coordinates(program.states(angles)), standard)
    away = ((standard[picked] - standard.mean(axis=0)) ** 2).sum(axis=1)
    values = outcome_values(model.real + 1j * model.imaginary).reshape(len(model.offsets), -1)

    def coordinates(chances: NDArray) -> NDArray:
        found: NDArray = chances[0].reshape(len(picked), -1) @ values.T - model.offsets
        return found

    def score(answers: NDArray) -> float:
        missed = ((standard[picked] - given_back(answers)) ** 2).sum(axis=1)
        return 1 - HeldOut(missed, away).error

    return Trial(
        circuits=(in_any_basis(circuit),),
        angles=paired_rows(angles[picked], turns),
        answers=coordinates,
        score=score,
        score_name="share given back",
        rows=len(picked),
    )
