"""Gates on one state, real and imaginary parts apart: plain loops that a compiler vectorises."""

import numpy as np

from qjobs.engines.compiled.jit import compiled

SHORT_RUN = 4
"""Below this many neighbours a view costs more than it gains."""


@compiled
def _halves(part, base, stride):
    """The amplitudes with a bit off and on. Loops over such views vectorise, loops over offsets do not."""
    return part[base : base + stride], part[base + stride : base + 2 * stride]


@compiled
def _butterfly(zero, one):
    for index in range(len(zero)):
        kept = zero[index]
        zero[index] = kept + one[index]
        one[index] = kept - one[index]


@compiled
def _butterflies(first, second, third, fourth):
    for index in range(len(first)):
        sum_low, difference_low = first[index] + second[index], first[index] - second[index]
        sum_high, difference_high = third[index] + fourth[index], third[index] - fourth[index]
        first[index], second[index] = sum_low + sum_high, difference_low + difference_high
        third[index], fourth[index] = sum_low - sum_high, difference_low - difference_high


@compiled
def _short_butterflies(part, stride):
    for base in range(0, len(part), 4 * stride):
        for low in range(base, base + stride):
            first, second = part[low], part[low + stride]
            third, fourth = part[low + 2 * stride], part[low + 3 * stride]
            sum_low, difference_low = first + second, first - second
            sum_high, difference_high = third + fourth, third - fourth
            part[low], part[low + stride] = sum_low + sum_high, difference_low + difference_high
            part[low + 2 * stride], part[low + 3 * stride] = (
                sum_low - sum_high,
                difference_low - difference_high,
            )


@compiled
def hadamards(part, mask):
    """Unscaled Walsh-Hadamard transform of one real part, in place, on the qubits of the mask."""
    size = len(part)
    stride = 1
    while stride < size:
        is_double = mask & stride and mask & (2 * stride) and 2 * stride < size
        if is_double and stride == 1:
            _short_butterflies(part, 1)
        elif is_double and stride == 4:
            _short_butterflies(part, 4)
        elif is_double:
            for base in range(0, size, 4 * stride):
                first, second = _halves(part, base, stride)
                third, fourth = _halves(part, base + 2 * stride, stride)
                _butterflies(first, second, third, fourth)
        elif mask & stride:
            for base in range(0, size, 2 * stride):
                zero, one = _halves(part, base, stride)
                _butterfly(zero, one)
        stride *= 4 if is_double else 2


@compiled
def _rotate_low(part, stride, cosine, sine):
    for base in range(0, len(part), 2 * stride):
        for low in range(base, base + stride):
            zero, one = part[low], part[low + stride]
            part[low] = cosine * zero - sine * one
            part[low + stride] = sine * zero + cosine * one


@compiled
def rotate(part, wire, cosine, sine):
    """RY on one real part, in place."""
    stride = 1 << wire
    if stride < SHORT_RUN:
        _rotate_low(part, stride, cosine, sine)
        return
    for base in range(0, len(part), 2 * stride):
        zero, one = _halves(part, base, stride)
        for index in range(stride):
            kept = zero[index]
            zero[index] = cosine * kept - sine * one[index]
            one[index] = sine * kept + cosine * one[index]


@compiled
def rotation_slope(bra, ket, wire):
    """sum bra[1] ket[0] - bra[0] ket[1] over pairs of one real part."""
    stride = 1 << wire
    total = 0.0
    if stride < SHORT_RUN:
        for base in range(0, len(bra), 2 * stride):
            for low in range(base, base + stride):
                total += bra[low + stride] * ket[low] - bra[low] * ket[low + stride]
        return total
    for base in range(0, len(bra), 2 * stride):
        bra_zero, bra_one = _halves(bra, base, stride)
        ket_zero, ket_one = _halves(ket, base, stride)
        for index in range(stride):
            total += bra_one[index] * ket_zero[index] - bra_zero[index] * ket_one[index]
    return total


@compiled
def times_phase(real, imaginary, cosines, sines, sign):
    """The state times cos + i sign sin, in place."""
    for index in range(len(real)):
        kept = real[index]
        sine = sign * sines[index]
        real[index] = kept * cosines[index] - imaginary[index] * sine
        imaginary[index] = kept * sine + imaginary[index] * cosines[index]


@compiled
def _times_factor(target_real, target_imag, source_real, source_imag, factor):
    for index in range(len(source_real)):
        target_real[index] = source_real[index] * factor.real - source_imag[index] * factor.imag
        target_imag[index] = source_real[index] * factor.imag + source_imag[index] * factor.real


@compiled
def phase_vector(factors, table, vector, scratch):
    """Fills vector (2, 2**q), cosines and sines, by doubling.

    table (q + 1, q + 1): the column in `factors` of the term on bits (i, j) at [i, j], i > j; of bit i alone
    at [i, i]; of the constant at [q, q]; -1 where there is none.
    """
    qubits = len(table) - 1
    constant = table[qubits, qubits]
    start = factors[constant] if constant >= 0 else 1.0 + 0.0j
    vector[0, 0], vector[1, 0] = start.real, start.imag
    for qubit in range(qubits):
        bit = 1 << qubit
        column = table[qubit, qubit]
        own = factors[column] if column >= 0 else 1.0 + 0.0j
        scratch[0, 0], scratch[1, 0] = own.real, own.imag
        has_pairs = False
        for lower in range(qubit):
            column = table[qubit, lower]
            has_pairs = has_pairs or column >= 0
        if not has_pairs:
            _times_factor(
                vector[0, bit : 2 * bit], vector[1, bit : 2 * bit], vector[0, :bit], vector[1, :bit], own
            )
            continue
        for lower in range(qubit):
            size = 1 << lower
            column = table[qubit, lower]
            factor = factors[column] if column >= 0 else 1.0 + 0.0j
            _times_factor(
                scratch[0, size : 2 * size],
                scratch[1, size : 2 * size],
                scratch[0, :size],
                scratch[1, :size],
                factor,
            )
        for index in range(bit):
            cosine, sine = scratch[0, index], scratch[1, index]
            vector[0, bit + index] = vector[0, index] * cosine - vector[1, index] * sine
            vector[1, bit + index] = vector[0, index] * sine + vector[1, index] * cosine


@compiled
def phase_slopes(bra, ket, table, slopes, density, upper):  # noqa: PLR0917 (loops are called by position)
    """Adds -2 sum Im(conj(bra) ket) over the basis states of each term to slopes[term].

    The doubling of `phase_vector` backwards: halves are folded together, bit by bit.
    """
    qubits = len(table) - 1
    for index in range(bra.shape[1]):
        density[index] = -2.0 * (bra[0, index] * ket[1, index] - bra[1, index] * ket[0, index])
    for qubit in range(qubits - 1, -1, -1):
        bit = 1 << qubit
        for index in range(bit):
            upper[index] = density[bit + index]
            density[index] += density[bit + index]
        for lower in range(qubit - 1, -1, -1):
            size = 1 << lower
            total = 0.0
            for index in range(size):
                total += upper[size + index]
                upper[index] += upper[size + index]
            if table[qubit, lower] >= 0:
                slopes[table[qubit, lower]] += total
        if table[qubit, qubit] >= 0:
            slopes[table[qubit, qubit]] += upper[0]


@compiled
def gather(part, source, scratch):
    """part = part[source], in place."""
    for index in range(len(part)):
        scratch[index] = part[source[index]]
    part[:] = scratch


@compiled
def scale(part, factor):
    """part *= factor."""
    for index in range(len(part)):
        part[index] *= factor


def empty_table(qubits: int) -> np.ndarray:
    """A table for `phase_vector` without terms."""
    return np.full((qubits + 1, qubits + 1), -1, dtype=np.int64)
