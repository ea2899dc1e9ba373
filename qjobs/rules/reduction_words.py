"""A job that finds principal components of a quantum kernel, in words."""

from qjobs.spec import ReductionSpec


def reduction_job_in_words(spec: ReductionSpec, columns: str, feature_map: str) -> list[str]:
    """What the job does, one sentence a line; nothing that decides the result is left out.

    `columns`, `feature_map`: these, in words.
    """
    method, prepared, splits = spec.algorithm, spec.preprocessing, spec.splits
    datasets = " and ".join(f"dataset {one.token_id} version {one.version}" for one in spec.datasets)
    widths, gammas = (
        ", ".join(f"{value:g}" for value in grid) for grid in (method.bandwidth_grid, spec.gamma_grid)
    )
    return [
        f"Reads {datasets}: {columns}, without labels.",
        f"Standardises them and reduces them to {spec.qubits} principal components, fitted inside each "
        f"training part only, scaled to angles from {prepared.angle_low:g} to {prepared.angle_high:g}.",
        f"Finds the first {method.components} principal components of the quantum kernel on {spec.qubits} "
        f"qubits with the {feature_map}, by an exact simulation of the quantum states.",
        f"Chooses the bandwidth from {widths} by {method.inner_folds}-fold cross-validation inside the "
        "training part.",
        f"Measures on {splits.count} random splits with {splits.test_fraction:.0%} of the rows held out "
        f"(seed {splits.seed}) how much of the rows a linear map of the components gives back, beside PCA "
        f"and RBF kernels of widths {gammas}.",
        "Reads no spectrum by phase estimation."
        if not method.phase_qubits
        else f"Reads the spectrum of the rows' mean state by phase estimation with {method.phase_qubits} "
        f"qubits, and imitates its evolution by {method.copies} copies.",
        "The model holds sums over all rows, and no row.",
    ]
