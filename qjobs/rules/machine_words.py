"""A job that trains quantum-kernel machines with a task, in words."""

from qjobs.spec import MachineSpec
from qjobs.spec.machines import KernelClassifier, KernelDetector, KernelRegressor
from qjobs.spec.parts import ClassColumns, Columns

MAX_NAMED_CLASSES = 6
SIMPLE = {
    "classify": "linear support vector machines",
    "regress": "ridge regression",
    "detect": "a Gaussian",
}


def machine_job_in_words(spec: MachineSpec, columns: str, feature_map: str) -> list[str]:
    """One sentence a line, but for the limits that every job has. `columns`, `feature_map`: in words."""
    prepared = spec.preprocessing
    datasets = " and ".join(f"dataset {one.token_id} version {one.version}" for one in spec.datasets)
    return [
        f"Reads {datasets}: {columns}, {_purpose(spec)}.",
        f"Standardises them and reduces them to {spec.qubits} principal components, fitted inside each "
        f"training part only, scaled to angles from {prepared.angle_low:g} to {prepared.angle_high:g}.",
        f"Trains {_machine(spec)} on {spec.qubits} qubits with the {feature_map}, by an exact simulation of "
        "the quantum states.",
        *_choices(spec),
        f"Measures it on {spec.splits.count} random splits with {spec.splits.test_fraction:.0%} of the rows "
        f"held out (seed {spec.splits.seed}), beside {_baselines(spec)} on "
        f"{' and '.join(spec.baselines.features)} features.",
        _carried(spec),
    ]


def _purpose(spec: MachineSpec) -> str:
    columns = spec.datasets[0].columns
    if isinstance(columns, ClassColumns):
        named = ", ".join(repr(each) for each in columns.classes[:MAX_NAMED_CLASSES])
        more = ", ..." if len(columns.classes) > MAX_NAMED_CLASSES else ""
        return f"to name {columns.label!r} as one of {len(columns.classes)} classes ({named}{more})"
    if isinstance(columns, Columns):
        return (
            f"to find rows like those with {columns.label!r} being {columns.positive_label!r}, "
            "from others alone"
        )
    return f"to predict {columns.label!r}, a number"


def _machine(spec: MachineSpec) -> str:
    columns = spec.datasets[0].columns
    if isinstance(columns, ClassColumns):
        pairs = len(columns.classes) * (len(columns.classes) - 1) // 2
        machines = "machine" if pairs == 1 else "machines"
        return f"{pairs} quantum-kernel support vector {machines}, one a pair of classes,"
    if isinstance(spec.algorithm, KernelDetector):
        return "a one-class machine on a quantum kernel"
    return "support vector regression on a quantum kernel"


def _choices(spec: MachineSpec) -> list[str]:
    method = spec.algorithm
    if isinstance(method, KernelDetector):
        return [
            f"It may call {method.outlier_share:.0%} of usual rows unusual; the bandwidth is the largest of "
            f"{_grid(method.bandwidth_grid)} at which {method.inner_folds}-fold cross-validation inside the "
            "training part agrees."
        ]
    grids = [f"C from {_grid(method.c_grid)}"]
    if isinstance(method, KernelRegressor):
        grids.append(f"epsilon from {_grid(method.epsilon_grid)} standard deviations")
    width = f"the bandwidth from {_grid(method.bandwidth_grid)}"
    aligned = f", and {width} by alignment with the labels" if method.bandwidth_by == "alignment" else ""
    chosen = " and ".join(grids if aligned else [*grids, width])
    said = [
        f"Chooses {chosen} by {method.inner_folds}-fold cross-validation inside the training part{aligned}."
    ]
    if isinstance(method, KernelClassifier) and method.is_calibrated:
        said.append("Gives calibrated chances of the classes, fitted inside the training part.")
    return said


def _baselines(spec: MachineSpec) -> str:
    method, models = spec.algorithm, spec.baselines.models
    names = [SIMPLE[method.task]] if "linear" in models else []
    names += ["the same on an RBF kernel"] if "rbf" in models else []
    boosting = method.boosting
    return " and ".join([*names, *([f"{boosting.trees} boosted trees"] if boosting else [])])


def _carried(spec: MachineSpec) -> str:
    landmarks = spec.algorithm.landmarks
    if landmarks is None:
        return "The model carries rows: those with a weight, in reduced coordinates."
    return (
        f"Reads the kernel against {landmarks} landmarks, drawn by the seed, and states how far that is from "
        "the whole one; the model carries these rows, in reduced coordinates."
    )


def _grid(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values)
