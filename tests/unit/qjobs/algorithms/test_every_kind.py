"""What every kind of job promises, held on all of them."""

import io
import json
import pickle
from functools import cache

import joblib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qiskit import qasm3, qpy
from qiskit.quantum_info import random_statevector
from safetensors.numpy import save
from threadpoolctl import threadpool_limits

from qjobs.algorithms.errors import ModelRefused, TrainingCancelled
from qjobs.algorithms.progress import Watch, ignore_progress, never_cancel
from qjobs.algorithms.result import FILE_NAMES
from qjobs.algorithms.tensors import read_tensors
from qjobs.algorithms.usage import usage_section
from qjobs.spec import spec_cid
from tests.vectors.qjobs.kinds import KINDS, Kind

MODEL = "model.safetensors"
MODELS_THAT_ANSWER = ("two classes", "classes", "numbers", "the unusual", "components", "trained circuit")


@cache
def finished(name):
    """The kind, what it wrote, and all that it told meanwhile."""
    kind, told = Kind.of(name), []
    with threadpool_limits(limits=1):
        return kind, kind.run(told.append), tuple(told)


def wrong_fields(name, **changed):
    """Notes by field of what the certificate does not accept."""
    kind, result, _ = finished(name)
    files = {**result.files, **{key.replace("__", "."): block for key, block in changed.items()}}
    with threadpool_limits(limits=1):
        found = kind.algorithm.certify(kind.spec, kind.data, files, ignore_progress)
        return {each.field: each.note for each in found if not each.agrees}


@pytest.mark.parametrize("name", KINDS)
def test_a_job_writes_every_file_and_an_auditor_agrees(name):
    _, result, _ = finished(name)

    assert set(result.files) == set(FILE_NAMES)
    assert json.loads(result.files["metrics.json"]) == result.metrics
    assert result.metrics["verdict"] in {
        "classical wins",
        "no difference shown",
        "quantum wins on these splits",
    }
    assert wrong_fields(name) == {}


@pytest.mark.parametrize("name", KINDS)
def test_both_texts_of_a_circuit_read_back_to_the_circuit_that_was_run(name):
    _, result, _ = finished(name)
    (kept,) = qpy.load(io.BytesIO(result.files["circuit.qpy"]))
    read = qasm3.loads(result.files["circuit.qasm"].decode())

    values = np.random.default_rng(1).uniform(-2, 2, kept.num_parameters)
    by_name = {each.name: value for each, value in zip(kept.parameters, values, strict=True)}
    assert {each.name for each in read.parameters} == set(by_name)
    bound = read.assign_parameters({each: by_name[each.name] for each in read.parameters})
    start = random_statevector(2**kept.num_qubits, seed=2)
    ended = start.evolve(kept.assign_parameters(values))
    assert abs(np.vdot(start.evolve(bound).data, ended.data)) > 1 - 1e-12
    assert abs(np.vdot(start.data, ended.data)) < 0.99


def steps_of(told):
    """Number and count of each step, once."""
    return list(dict.fromkeys((each.step, each.steps) for each in told))


@pytest.mark.parametrize("name", KINDS)
def test_progress_counts_every_step_to_its_end(name):
    _, _, told = finished(name)
    steps = steps_of(told)

    assert [step for step, _ in steps if step] == list(range(1, told[-1].steps + 1))
    assert len({count for _, count in steps}) == 1
    assert all(each.stage and each.message for each in told)


@pytest.mark.parametrize("name", KINDS)
def test_a_caller_who_wants_no_more_is_heard_at_the_next_step(name):
    kind, told = Kind.of(name), []

    with pytest.raises(TrainingCancelled, match="stopped after step 1 of"):
        kind.run(told.append, lambda: any(each.step for each in told))

    assert max(each.step for each in told) == 1


class Runs:
    """An object whose pickle would run something."""

    def __reduce__(self):
        return (pytest.fail, ("a model was unpickled",))


def as_joblib(compress):
    file = io.BytesIO()
    joblib.dump({"weights": np.zeros(3)}, file, compress=compress)
    return file.getvalue()


def as_numpy(save, **arrays):
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


OBJECTS = np.array([Runs()], dtype=object)
FOREIGN = {
    **{f"a pickle of protocol {each}": pickle.dumps(Runs(), protocol=each) for each in range(2, 6)},
    "a pickle by joblib": as_joblib(0),
    "a zlib file, as of joblib": as_joblib(("zlib", 3)),
    "a gzip file, as of joblib": as_joblib(("gzip", 3)),
    "a NumPy file of objects": as_numpy(lambda file, arr: np.save(file, arr, allow_pickle=True), arr=OBJECTS),
    "a ZIP archive of arrays of objects": as_numpy(np.savez, arr=OBJECTS),
}


@pytest.mark.attack("S31")
@pytest.mark.parametrize("what", FOREIGN)
def test_formats_that_hold_objects_are_refused_by_their_first_bytes(what):
    named = " ".join(what.split()[:3]).removesuffix(" of").removesuffix(" by").rstrip(",")

    with pytest.raises(ModelRefused, match=f"the model is {named}.*; only safetensors is read"):
        read_tensors(FOREIGN[what], most_bytes=2**20)


def test_a_length_that_looks_like_a_pickle_is_no_pickle():
    block = save({"weights": np.zeros(3), **{f"array_{number:02d}": np.zeros(1) for number in range(14)}})
    header = block[8:].partition(b"}}")[0] + b"}}"
    padded = (0x0480).to_bytes(8, "little") + header.ljust(0x0480) + block[-15 * 8 - 16 :]

    assert padded.startswith(b"\x80\x04")
    assert read_tensors(padded, most_bytes=2**20)["weights"].shape == (3,)


@pytest.mark.attack("S31")
@pytest.mark.parametrize("name", KINDS)
def test_every_kind_refuses_a_model_that_is_a_pickle(name):
    kind, result, _ = finished(name)
    pickled = FOREIGN["a pickle of protocol 4"]

    assert "the model is a pickle" in wrong_fields(name, model__safetensors=pickled)[MODEL]
    if name in MODELS_THAT_ANSWER:
        with pytest.raises(ModelRefused, match="the model is a pickle"):
            kind.algorithm.predict(kind.spec, {**result.files, MODEL: pickled}, np.ones((1, 4)))
    else:
        assert kind.algorithm.predict is None


@pytest.mark.attack("S31")
@pytest.mark.parametrize("name", MODELS_THAT_ANSWER)
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_model_with_some_bytes_changed_answers_in_numbers_or_is_refused(name, data):
    kind, result, _ = finished(name)
    block = bytearray(result.files[MODEL])
    for place in data.draw(st.lists(st.integers(0, len(block) - 1), min_size=1, max_size=4)):
        block[place] ^= data.draw(st.integers(1, 255))
    rows = np.ones((2, len(kind.spec.datasets[0].columns.features)))

    try:
        answers = kind.algorithm.predict(kind.spec, {**result.files, MODEL: bytes(block)}, rows)
    except ModelRefused:
        return
    assert len(answers) == 2


def test_time_left_follows_the_pace_of_the_steps():
    seconds, told = iter([0.0, 10.0, 10.0, 10.5, 30.0, 30.0, 45.0, 45.0, 60.0, 60.0]), []
    watch = Watch(4, told.append, never_cancel, clock=lambda: next(seconds))

    watch.tell("stage", "nothing is done")
    watch.step("stage", "one step in 10 s")
    watch.tell("stage", "half a second later")
    watch.step("stage", "two steps in 30 s", 0.9, loss=0.1)
    watch.step("stage", "three in 45 s")
    watch.step("stage", "all of them")

    assert [each.seconds_left for each in told] == [None, 30, 29.5, 30, 15, 0]
    assert [(each.metric, each.loss) for each in told[3:5]] == [(0.9, 0.1), (None, None)]


@pytest.mark.parametrize("name", KINDS)
def test_progress_tells_the_time_left_and_of_a_descent_the_loss(name):
    _, _, told = finished(name)
    losses = [each.loss for each in told if each.loss is not None]

    assert all(each.seconds_left is not None for each in told if each.step)
    assert told[-1].seconds_left == 0
    assert bool(losses) == (name in {"trained circuit", "energy", "energy of strings", "cut", "choice"})
    assert np.isfinite(losses).all()


SECTIONS = ("## What it does", "## Data", "## How good it is", "## The model in these files", "## Limits")


@pytest.mark.parametrize("name", KINDS)
def test_the_card_tells_lineage_metrics_limits_licence_time_and_energy(name):
    kind, result, _ = finished(name)
    card = result.files["README.md"] + usage_section(360.0).encode()
    text = card.decode()

    assert [each for each in SECTIONS if each not in text] == []
    assert result.metrics["verdict_sentence"] in text
    assert all(f"version {each.version}, `{each.content_cid}`" in text for each in kind.spec.datasets)
    assert str(spec_cid(kind.spec)) in text
    assert "licence of each dataset" in text
    assert "360.0 s of one core. That is 1 Wh\nat 10 W a core" in text
    assert "interval" in text
    assert wrong_fields(name, README__md=card) == {}


def test_a_card_with_other_words_on_licence_or_energy_is_found():
    for change in (b"1 Wh", b"on chain", b"belongs"):
        card = finished("cut")[1].files["README.md"] + usage_section(360.0).encode().replace(change, b"??")
        assert list(wrong_fields("cut", README__md=card)) == ["README.md usage"]
