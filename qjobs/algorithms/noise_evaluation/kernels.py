"""A model that is a sum over rows of a kernel, as a device would answer: that kernel measured."""

from collections.abc import Callable
from dataclasses import replace

from numpy.typing import NDArray

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.noise_evaluation.trial import Trial
from qjobs.engines.measuring import Seeds
from qjobs.engines.overlap import overlap_circuit, paired_rows
from qjobs.spec.feature_maps import AnyFeatureMap


def overlap_trial(
    feature_map: AnyFeatureMap,
    angles: NDArray,
    vectors: NDArray,
    *,
    answers: Callable[[NDArray], NDArray],
    score: Callable[[NDArray], float],
    score_name: str,
) -> Trial:
    """One row of `angles` (n, q) written in and one of `vectors` (b, q) out, for each pair: all zeros is the
    kernel's entry. `answers`: from the kernel (n, b)."""
    shape = len(angles), len(vectors)
    return Trial(
        circuits=(overlap_circuit(feature_map_circuit(angles.shape[1], feature_map)),),
        angles=paired_rows(angles, vectors),
        answers=lambda chances: answers(chances[0, :, 0].reshape(shape)),
        score=score,
        score_name=score_name,
        rows=len(angles),
    )


def overlap_trial_by_vector(
    feature_map: AnyFeatureMap,
    angles: NDArray,
    vectors: NDArray,
    streams: Seeds,
    *,
    answers: Callable[[NDArray], NDArray],
    score: Callable[[NDArray], float],
    score_name: str,
) -> Trial:
    """The same with the vectors written in and the rows out; `streams`: one a vector, whose counts are drawn
    by it alone, so that none hangs on which other vectors there are."""
    trial = overlap_trial(
        feature_map,
        vectors,
        angles,
        answers=lambda kernel: answers(kernel.T),
        score=score,
        score_name=score_name,
    )
    return replace(trial, rows=len(angles), streams=streams)
