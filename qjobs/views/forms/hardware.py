"""The fields that ask what hardware would do: after the run, or in every kernel entry of the training."""

from qjobs.spec.noise import BACKEND_QUBITS
from qjobs.views.forms.fields import Field, Section

ASKED = "asked"
DEVICE = "noise_evaluation.device"
EVALUATED = f"noise_evaluation={ASKED}"
BACKENDS = tuple(
    (name, f"{name}: {qubits} qubits and the calibration of a real device")
    for name, qubits in BACKEND_QUBITS.items()
)


def _errors(path: str, when: str) -> tuple[Field, ...]:
    """The three error rates of a simulated device."""
    named = (
        ("one_qubit_error", "Error of a gate on one qubit"),
        ("two_qubit_error", "Error of a gate on two"),
        ("readout_error", "Error of a readout"),
    )
    return tuple(Field(f"{path}.{name}", label, note="a chance", when=when) for name, label in named)


def _noise(when: str) -> tuple[Field, ...]:
    """Errors of a simulated device, or none."""
    choice = Field(
        "noise",
        "Errors of the device",
        "part",
        choices=(("", "none"), (ASKED, "at these rates")),
        when=when,
        resets="noise",
    )
    return (choice, *_errors("noise", f"noise={ASKED}"))


def _evaluation(*more: Field) -> Section:
    return Section(
        "What hardware would do",
        (
            Field(
                "noise_evaluation",
                "The trained model is measured",
                "part",
                choices=(("", "not at all"), (ASKED, "after the run, on a noisy device")),
                resets="noise_evaluation",
            ),
            Field(
                f"{DEVICE}.engine",
                "Device",
                "choice",
                choices=(("aer", "simulated by Qiskit Aer"), ("ibm-runtime", "a fake backend of IBM's")),
                when=EVALUATED,
                resets=DEVICE,
            ),
            Field(
                f"{DEVICE}.backend",
                "Backend",
                "choice",
                choices=BACKENDS,
                when=f"{DEVICE}.engine=ibm-runtime",
            ),
            *_errors(f"{DEVICE}.noise", f"{DEVICE}.engine=aer"),
            Field("noise_evaluation.shots", "Measurements of each circuit", when=EVALUATED),
            *more,
        ),
        note="Measured without errors and on the device, then with the readout corrected, and extrapolated "
        "to no noise. The counts are drawn from this document's seed and posted: a check draws them again.",
        is_folded=True,
    )


EVALUATION = _evaluation()
EVALUATION_ON_ROWS = _evaluation(
    Field("noise_evaluation.rows", "Training rows it is tried on", when=EVALUATED)
)
MEASURED_KERNEL = Section(
    "How the kernel is measured",
    (
        Field(
            "engine",
            "Engine",
            "choice",
            choices=(
                ("aer", "aer: simulated by Qiskit Aer"),
                ("ibm-runtime", "ibm-runtime: a fake backend of IBM's"),
            ),
            resets="noise backend",
            start="aer",
        ),
        Field("shots", "Measurements of each entry", start=1000),
        Field(
            "backend",
            "Backend",
            "choice",
            choices=BACKENDS,
            when="engine=ibm-runtime",
            start=BACKENDS[0][0],
        ),
        *_noise("engine=aer"),
    ),
    note="Every pair of rows is a circuit of its own in every fold and at every bandwidth, so keep these "
    "few. Members must have allowed the engine by a vote.",
)
