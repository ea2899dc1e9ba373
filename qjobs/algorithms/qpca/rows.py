"""Rows of numbers without labels."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qjobs.algorithms.errors import DatasetRefused
from qjobs.algorithms.rows import MAX_ROWS, TableFile, number_in, numbered_rows, open_rows, position_of
from qjobs.algorithms.table import require_finite, require_varying
from qjobs.spec import ReductionSpec

MIN_ROWS = 20


@dataclass(frozen=True)
class Features:
    """values: (n, d) float64, finite, no column constant; groups: column -> n texts."""

    names: tuple[str, ...]
    values: NDArray
    groups: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.values)


def read_features(spec: ReductionSpec, inputs: Mapping[int, TableFile]) -> Features:
    """The rows of all the spec's datasets, in its order; raises `DatasetRefused` naming row and column."""
    rows: list[list[float]] = []
    names = spec.datasets[0].columns.features
    groups: dict[str, list[str]] = {name: [] for name in spec.group_columns}
    for dataset in spec.datasets:
        with open_rows(inputs[dataset.token_id], dataset.format) as (header, found):
            places = [position_of(header, name) for name in names]
            groups_at = {name: position_of(header, name) for name in groups}
            for number, cells in numbered_rows(header, found):
                rows.append([number_in(cells[at], number, header[at]) for at in places])
                for name, at in groups_at.items():
                    groups[name].append(cells[at])
                if len(rows) > MAX_ROWS:
                    raise DatasetRefused(f"the datasets have more than {MAX_ROWS} rows")
    values = np.array(rows, dtype=np.float64).reshape(-1, len(names))
    if len(values) < MIN_ROWS:
        raise DatasetRefused(f"at least {MIN_ROWS} rows are needed; there are {len(values)}")
    require_finite(names, values)
    require_varying(names, values)
    return Features(names, values, {name: tuple(each) for name, each in groups.items()})
