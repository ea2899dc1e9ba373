"""Specs that would fill a machine (S28): refused with number and limit before anybody votes on them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qjobs.spec import MAX_QUBITS, SpecRefused, build_spec, estimate
from qjobs.spec.sizes import state_bytes
from tests.vectors.qjobs.specs import spec_fields

pytestmark = pytest.mark.attack("S28")
SIZES: dict[str, st.SearchStrategy[Any]] = {
    "qubits": st.integers(2, 26),
    "feature_map": st.builds(dict, reps=st.integers(1, 12)),
    "splits": st.builds(dict, count=st.integers(2, 60)),
    "algorithm": st.builds(dict, inner_folds=st.integers(2, 12)),
    "limits": st.builds(dict, memory_bytes=st.integers(2**29, 2**34), run_seconds=st.integers(1, 10**6)),
}
ABSURD = st.one_of(st.integers(2**31, 2**70), st.integers(-(2**70), 0), st.just(float("inf")))
NAMES = [f"f{number}" for number in range(30)]


def wide(**changes: Any) -> dict[str, Any]:
    """Fields of a spec over a table of thirty features."""
    first = spec_fields()["datasets"][0]
    return spec_fields(datasets=[{**first, "columns": {**first["columns"], "features": NAMES}}], **changes)


def test_thirty_four_qubits_are_refused_with_their_memory_and_twenty_are_taken() -> None:
    with pytest.raises(SpecRefused, match="34 qubits need 256 GiB for one state; the limit is 20"):
        build_spec(wide(qubits=34))

    assert build_spec(wide(qubits=MAX_QUBITS)).qubits == MAX_QUBITS


@given(changes=st.fixed_dictionaries({}, optional=SIZES), rows=st.integers(1, 10**9))
def test_spec_that_is_accepted_never_exceeds_its_own_limits_nor_ours(
    changes: dict[str, Any], rows: int
) -> None:
    try:
        spec = build_spec(wide(**changes))
    except SpecRefused:
        return
    found = estimate(spec, rows=rows)

    assert spec.qubits <= min(MAX_QUBITS, spec.limits.qubits)
    assert state_bytes(spec.qubits) <= 16 << MAX_QUBITS
    assert found.refusals or found.memory_bytes <= spec.limits.memory_bytes
    assert all("the limit is" in each for each in found.refusals)


@given(name=st.sampled_from(["qubits", "shots"]), value=ABSURD)
def test_absurd_number_is_refused_by_the_name_of_its_field(name: str, value: float) -> None:
    with pytest.raises(SpecRefused) as refused:
        build_spec(wide(**{name: value}))

    assert name in str(refused.value) or "is not JSON" in str(refused.value)


@pytest.mark.parametrize("rows", [10**7, 10**12, 10**18])
def test_rows_that_no_kernel_holds_are_refused_with_both_numbers(rows: int) -> None:
    (refusal, *_) = estimate(build_spec(spec_fields()), rows=rows).refusals

    assert str(rows) in refusal
    assert "the limit is" in refusal
