"""Specs that measure: what they may ask for, what they cost, and that older ones keep their digests."""

import pytest

from qjobs.rules.noise_words import noise_tables
from qjobs.rules.spec_words import spec_in_words
from qjobs.spec import SpecRefused, canonical_bytes, estimate, read_spec, spec_digest
from tests.vectors.qjobs.choices import choice_spec
from tests.vectors.qjobs.energies import energy_spec
from tests.vectors.qjobs.graphs import graph_spec
from tests.vectors.qjobs.kinds import KINDS, Kind
from tests.vectors.qjobs.specs import small_spec, two_irises_csv
from tests.vectors.qjobs.trained import qnn_spec

IRISES = two_irises_csv()
MANILA = {"engine": "ibm-runtime", "backend": "fake_manila"}
OLDER = {
    "0xdf58f48233fdc72acccb844b92f955a76ed9dccbbf3821037ef776502edfc31c": lambda: small_spec(IRISES),
    "0xad3fbca7482fbef3a52e5de6bf37527d41ae6ec229cdca92c3c75d17b213ea22": lambda: qnn_spec(
        shots=200, noise={}
    ),
    "0x68a6a6c1f5ae4ff3a30b5d54f6b9028c905740f1cad69163110f4b5b17cdc83f": lambda: energy_spec(noise={}),
    "0x9a44266e036cc475f871e3ef690ace5468b239ac9fcdb3f56c4a3a7a94870a4d": lambda: Kind.of("classes").spec,
    "0x38e41930e2a1434b2eb0ad1fd44735094ef57145813efdbc5e61264e55d6106e": lambda: graph_spec(noise={}),
    "0x83ce7381783bed3853092c7ef0cf3f8ba15b79ce72a6d0ec6cddc91f59b3a832": lambda: choice_spec(
        "vertex-cover", noise={}
    ),
}


@pytest.mark.parametrize("digest", OLDER)
def test_a_spec_from_before_there_were_evaluations_keeps_its_digest(digest):
    spec = OLDER[digest]()

    assert spec_digest(spec) == digest
    assert b"noise_evaluation" not in canonical_bytes(spec)
    assert read_spec(canonical_bytes(spec)) == spec


@pytest.mark.parametrize(
    "asked", [{}, {"device": MANILA}, {"shots": 7, "rows": 3, "device": {"noise": {"readout_error": 0.1}}}]
)
def test_an_evaluation_is_part_of_the_document(asked):
    spec = qnn_spec(noise_evaluation=asked)

    assert read_spec(canonical_bytes(spec)) == spec
    assert spec_digest(spec) != spec_digest(qnn_spec())
    assert spec.is_statistical


REFUSED = {
    "needs shots": {"engine": "aer"},
    "takes no shots": {"shots": 100},
    "takes no noise": {"noise": {}},
    "needs backend": {"engine": "ibm-runtime", "shots": 100},
    "takes no backend": {"engine": "aer", "shots": 100, "backend": "fake_manila"},
    "has no noise_evaluation": {"engine": "aer", "shots": 100, "noise_evaluation": {}},
    "greater than or equal to 1": {"engine": "aer", "shots": 0},
    "'fake_manila' or 'fake_jakarta'": {"engine": "ibm-runtime", "shots": 9, "backend": "ibm_torino"},
}


@pytest.mark.parametrize("words", REFUSED)
def test_a_measured_kernel_that_cannot_be_is_refused_in_words(words):
    with pytest.raises(SpecRefused, match=words):
        small_spec(IRISES, **REFUSED[words])


def test_more_qubits_than_a_device_has_are_refused_with_its_limit():
    assert energy_spec(qubits=10, noise_evaluation={}).qubits == 10
    with pytest.raises(SpecRefused, match="11 qubits cannot be measured on this device; its limit is 10"):
        energy_spec(qubits=11, noise_evaluation={})
    with pytest.raises(SpecRefused, match="its limit is 5 qubits"):
        energy_spec(qubits=6, noise_evaluation={"device": MANILA})


def test_a_job_that_is_trained_on_exact_states_names_no_engine_that_measures():
    with pytest.raises(SpecRefused, match="vqe is trained on exact states"):
        energy_spec(engine="aer")


def test_measuring_costs_time_and_too_much_of_it_is_refused_with_the_number():
    plain, evaluated = (small_spec(IRISES, **more) for more in ({}, {"noise_evaluation": {}}))
    measured = small_spec(IRISES, engine="aer", shots=1000)

    assert estimate(plain, 100).cpu_seconds < estimate(evaluated, 100).cpu_seconds
    assert estimate(plain, 100).cpu_seconds < estimate(measured, 100).cpu_seconds
    assert estimate(evaluated, 100).refusals == ()
    (refusal,) = estimate(small_spec(IRISES, qubits=4, noise_evaluation={}), 20_000).refusals[-1:]
    assert "320000 counts a row; the limit is 262144" in refusal
    assert any("kernel entries to measure" in each for each in estimate(measured, 3000).refusals)


@pytest.mark.parametrize("name", KINDS)
def test_an_evaluation_of_every_kind_costs_time_and_is_told_in_words(name):
    kind, evaluated = Kind.of(name), Kind.of(name, noise_evaluation={"shots": 50})
    plain, measured = (estimate(each.spec, len(each.data)) for each in (kind, evaluated))
    words = " ".join(spec_in_words(evaluated.spec))

    assert plain.cpu_seconds < measured.cpu_seconds
    assert measured.refusals == ()
    assert "measures the trained model 50 times a circuit on a simulated device" in words
    assert "Says nothing about noise" not in words


@pytest.mark.parametrize(("name", "is_refused"), [("numbers", True), ("classes", False)])
def test_a_machine_with_more_outcomes_than_a_result_may_hold_is_refused_with_both_numbers(name, is_refused):
    """With as many rows as its score needs: of classes one is enough."""
    spec = Kind.of(name, qubits=4, noise_evaluation={}).spec

    fitting, refusals = (
        [each for each in estimate(spec, rows).refusals if "counts" in each] for rows in (8192, 8193)
    )

    assert fitting == []
    assert len(refusals) == is_refused
    words = "262176 counts on the 2 rows that a score needs; the limit is 262144"
    assert all(each.endswith(words) for each in refusals)


def test_the_words_say_what_is_measured_and_how_it_is_checked():
    said = " ".join(spec_in_words(qnn_spec(noise_evaluation={"device": MANILA, "shots": 50})))
    kernel = " ".join(spec_in_words(small_spec(IRISES, engine="aer", shots=70)))

    assert "measures the trained model 50 times a circuit on fake_manila" in said
    assert "a check draws it again and compares every count" in said
    assert "every kernel entry of the training 70 times on a device without errors" in kernel
    assert "drawn by chance" not in " ".join(spec_in_words(qnn_spec()))


def test_the_page_shows_every_way_with_its_interval_and_no_strangers_document_breaks_it():
    values = {
        "ideal": {"score": 0.9, "interval": None, "mean_error": 0.0},
        "device": {"score": 0.7, "interval": [0.6, 0.8], "mean_error": 0.1},
    }
    report = {
        "device": MANILA,
        "shots": 100,
        "circuits": 4,
        "rows": 16,
        "score": "accuracy",
        "values": values,
    }

    (table,) = noise_tables({"noise_evaluation": report})

    assert [(each.value, each.note) for each in table.answers] == [(0.9, ""), (0.7, "0.6 to 0.8")]
    assert table.measure.startswith("Accuracy of the trained model on 16 of the training rows, 100 measure")
    for broken in (
        None,
        3,
        {},
        {"values": 7},
        {"values": {"device": {"score": "x"}}},
        {"values": {"shots": []}},
    ):
        assert list(noise_tables({"noise_evaluation": broken})) == []
