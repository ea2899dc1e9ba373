"""A job that trains a circuit on rows, in words."""

from qjobs.rules.noise_words import NO_NOISE
from qjobs.spec import QnnSpec
from qjobs.spec.optimisers import Lbfgs
from qjobs.spec.parts import Columns
from qjobs.spec.qnn import CHECK_STEPS

READOUTS = {"first": "Z of the first qubit", "mean": "the mean of all Z", "product": "the product of all Z"}
OPTIMISERS = {
    "adam": "Adam",
    "l-bfgs": "L-BFGS",
    "spsa": "SPSA",
    "natural-gradient": "natural gradients",
}


def qnn_job_in_words(spec: QnnSpec) -> list[str]:
    """One sentence a line, but for the limits that every job has."""
    columns, method, prepared = spec.datasets[0].columns, spec.algorithm, spec.preprocessing
    datasets = " and ".join(f"dataset {one.token_id} version {one.version}" for one in spec.datasets)
    being = f" being {columns.positive_label!r}" if isinstance(columns, Columns) else ", a number"
    once = "once" if method.uploads == "once" else "before every layer"
    return [
        f"Reads {datasets}: {len(columns.features)} columns, to predict {columns.label!r}{being}.",
        f"Standardises them and reduces them to {spec.qubits} principal components, fitted inside each "
        f"training part only, scaled to angles from {prepared.angle_low:g} to {prepared.angle_high:g}.",
        f"Trains a variational circuit on {spec.qubits} qubits: {method.layers.count} layers of "
        f"{method.layers.name}, {method.weights(spec.qubits)} angles, the features written {once} by the "
        f"{spec.feature_map.name} feature map; it answers with {READOUTS[method.readout]}.",
        _training_in_words(spec),
        *_start_in_words(spec),
        f"Measures it on {spec.splits.count} random splits with {spec.splits.test_fraction:.0%} of the rows "
        f"held out (seed {spec.splits.seed}), beside {_baselines_in_words(spec)} on "
        f"{' and '.join(spec.baselines.features)} features, tuned by {method.inner_folds}-fold "
        "cross-validation inside the training part.",
        *_device_in_words(spec),
        "The model holds angles, and no rows of the data.",
    ]


def _training_in_words(spec: QnnSpec) -> str:
    method = spec.algorithm
    optimiser = method.optimiser
    step = "" if isinstance(optimiser, Lbfgs) else f" of size {optimiser.step:g}"
    batch = "all rows" if method.batch_size is None else f"{method.batch_size} rows"
    early = (
        f", or after {method.patience} checks ({method.patience * CHECK_STEPS} steps) without a better loss "
        f"on one of {method.inner_folds} parts held back"
        if method.patience
        else ""
    )
    return (
        f"Steps by {OPTIMISERS[optimiser.name]}{step} on {batch} at a time; stops after "
        f"{optimiser.iterations} steps{early}."
    )


def _start_in_words(spec: QnnSpec) -> list[str]:
    """Nothing where training begins with small random angles."""
    if spec.warm_start is None:
        return []
    seen = spec.warm_start.seen_datasets
    splits = (
        "the trainings on the splits too, since it has seen no dataset of this job"
        if spec.is_compared_warm
        else "the trainings on the splits begin fresh, since it may know rows that they hold out"
    )
    return [
        f"Begins with the weights of model {spec.parent_models[0]}, which has seen {_datasets(seen)}; "
        f"{splits}. A sale of what comes out pays a part to the owner of that model."
    ]


def _datasets(numbers: tuple[int, ...]) -> str:
    return f"dataset{'s' if len(numbers) > 1 else ''} {', '.join(str(number) for number in numbers)}"


def _baselines_in_words(spec: QnnSpec) -> str:
    kind = "support vector machines" if spec.algorithm.task == "classify" else "kernel ridge regression"
    trees = "" if spec.boosting is None else f" and {spec.boosting.trees} boosted trees"
    return f"{' and '.join(spec.baselines.models)} {kind}{trees}"


def _device_in_words(spec: QnnSpec) -> list[str]:
    said = []
    if spec.shots is not None:
        said.append(f"with {spec.shots} measurements a row")
    if spec.noise is not None:
        noise = spec.noise
        said.append(
            f"on a device with errors of {noise.one_qubit_error:g} a gate on one qubit, "
            f"{noise.two_qubit_error:g} on two and {noise.readout_error:g} a readout, and with these "
            "mitigated"
        )
    if said:
        return [f"Then says what it would answer {' and '.join(said)}."]
    return [] if spec.noise_evaluation else [NO_NOISE]
