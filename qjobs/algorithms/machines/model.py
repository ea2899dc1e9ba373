"""The trained machine as data: safetensors in, answers out. Nothing in it can run."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from qjobs.algorithms.circuits import feature_map_circuit
from qjobs.algorithms.errors import ModelRefused
from qjobs.algorithms.machines.fitting import answers_of, class_count
from qjobs.algorithms.machines.ground import Solution
from qjobs.algorithms.machines.outputs import pairs_of
from qjobs.algorithms.machines.rows import Rows
from qjobs.algorithms.machines.training import Trained
from qjobs.algorithms.preprocessing import Reduction
from qjobs.algorithms.tensors import read_tensors, require_tensors
from qjobs.engines.protocol import Engine
from qjobs.spec import MachineSpec

SAMPLE_ROWS = 32
"""Side of the kernel block among the first basis rows that a model carries as a check value."""

MAX_MODEL_BYTES = 2**30
SETTING, SCALE = "setting", "scale"


@dataclass(frozen=True)
class MachineModel:
    """basis: (b, q) angles before the bandwidth; rows: (b,) int64, their places in the training table.

    weights: (outputs, b); intercepts: (outputs,); scale: (2,) added to an output and multiplied before;
    sigmoids: (outputs, 2) of chances, or (0, 2); setting: (3,) C, epsilon and bandwidth; kernel_sample: (k,
    k), of the first k basis rows.
    """

    basis: NDArray
    rows: NDArray
    weights: NDArray
    intercepts: NDArray
    scale: NDArray
    sigmoids: NDArray
    setting: NDArray
    kernel_sample: NDArray

    def answers(self, spec: MachineSpec, engine: Engine, reduction: Reduction, rows: NDArray) -> NDArray:
        """Of feature rows (m, d): scores (m, classes) or numbers (m,)."""
        program, width = engine.compile(feature_map_circuit(spec.qubits, spec.feature_map)), self.setting[2]
        cross = engine.cross_gram(program, reduction.apply(rows) * width, self.basis * width)
        outputs = Solution(self.weights, self.intercepts).outputs(cross)
        return answers_of(spec, outputs, (float(self.scale[0]), float(self.scale[1])), self.sigmoids)


def table_rows(spec: MachineSpec, rows: Rows) -> NDArray:
    """Places in the table of the rows that the final machine is fitted on."""
    return np.flatnonzero(rows.target == 0) if spec.algorithm.task == "detect" else np.arange(len(rows))


def final_model(spec: MachineSpec, rows: Rows, trained: Trained) -> MachineModel:
    """What the artefact carries of the final machine: of its basis the rows with a weight."""
    final, kernel = trained.final, trained.final_kernel
    used = np.flatnonzero((final.solution.weights != 0).any(axis=0))
    sampled = used[:SAMPLE_ROWS]
    return MachineModel(
        basis=kernel.angles[used],
        rows=table_rows(spec, rows)[final.ground.basis[used]],
        weights=final.solution.weights[:, used],
        intercepts=final.solution.intercepts,
        scale=np.array(final.scale),
        sigmoids=final.sigmoids,
        setting=np.array([final.setting.c, final.setting.epsilon, final.setting.width]),
        kernel_sample=final.ground.gram[np.ix_(sampled, sampled)],
    )


def model_bytes(model: MachineModel) -> bytes:
    """The model as safetensors."""
    return save({name: np.ascontiguousarray(each) for name, each in vars(model).items()})


def read_model_of(spec: MachineSpec, block: bytes) -> MachineModel:
    """The model in safetensors bytes, in the shapes that the spec gives it.

    Raises `ModelRefused` on wrong names, types, shapes or values.
    """
    arrays = read_tensors(block, most_bytes=MAX_MODEL_BYTES)
    _require_shapes(spec, arrays)
    return MachineModel(**arrays)


def _require_shapes(spec: MachineSpec, arrays: Mapping[str, NDArray]) -> None:
    if "basis" not in arrays or arrays["basis"].ndim != 2:
        raise ModelRefused("basis is no matrix")
    count, outputs = len(arrays["basis"]), len(pairs_of(class_count(spec))) or 1
    side = min(count, SAMPLE_ROWS)
    shapes = {
        "basis": (count, spec.qubits),
        "rows": (count,),
        "weights": (outputs, count),
        "intercepts": (outputs,),
        "scale": (2,),
        "sigmoids": (outputs if spec.algorithm.is_calibrated else 0, 2),
        "setting": (3,),
        "kernel_sample": (side, side),
    }
    kinds = {"rows": np.int64}
    require_tensors(arrays, {name: (kinds.get(name, np.float64), shape) for name, shape in shapes.items()})
