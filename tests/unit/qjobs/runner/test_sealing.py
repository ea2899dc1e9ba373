"""Outputs that carry rows leave the child sealed, under a key that the parent made."""

from pathlib import Path

import pytest
from safetensors.numpy import load

from qjobs.runner import OutputRefused, RunLimits, run_job
from qjobs.runner.limits import MIB, MODEL_NAME, OUTPUT_NAMES
from qjobs.runner.sealing import ChildKeys, checked_digests, read_sealed, write_outputs
from qjobs.spec import canonical_bytes
from storage.age.file_key import FileKey
from storage.age.header import VERSION_LINE
from tests.vectors.qjobs.specs import small_spec, two_irises_csv, write_csv

KEY, OTHER = FileKey(bytes(range(16))), FileKey(bytes(range(1, 17)))
PLAIN = b"support vectors"


def test_a_run_writes_its_model_sealed_and_nothing_else_of_it_is_on_the_disk(tmp_path: Path) -> None:
    irises, workdir = two_irises_csv(), tmp_path / "run"
    workdir.mkdir()
    inputs = {1: write_csv(tmp_path, irises)}
    spec, limits = canonical_bytes(small_spec(irises)), RunLimits(60, 1024 * MIB)

    output = run_job(
        spec, inputs, workdir, lambda event: None, lambda: False, limits, sealing={MODEL_NAME: KEY}
    )

    plain = read_sealed(output.files[MODEL_NAME], KEY)
    assert len(load(plain)["support_vectors"]) > 0
    assert output.plain_digests == {MODEL_NAME: KEY.digest_of(plain)}
    sealed = [name for name in OUTPUT_NAMES if output.files[name].read_bytes().startswith(VERSION_LINE)]
    assert sealed == [MODEL_NAME]
    vectors = load(plain)["support_vectors"].tobytes()
    assert [file for file in tmp_path.rglob("*") if file.is_file() and vectors in file.read_bytes()] == []


def test_keys_reach_the_child_as_they_were_and_show_in_no_repr() -> None:
    keys = ChildKeys({7: KEY}, {MODEL_NAME: OTHER})

    assert ChildKeys.from_bytes(keys.as_bytes()) == keys
    assert ChildKeys.from_bytes(b"") == ChildKeys()
    assert KEY.secret.hex() not in repr(keys)


def test_what_is_not_sealed_with_its_key_is_never_taken(tmp_path: Path) -> None:
    digests = write_outputs(tmp_path, {MODEL_NAME: PLAIN}, {MODEL_NAME: KEY})
    files = {MODEL_NAME: tmp_path / MODEL_NAME}
    assert checked_digests(files, {MODEL_NAME: KEY}, digests) == {MODEL_NAME: KEY.digest_of(PLAIN)}

    for keys, said in (
        ({MODEL_NAME: OTHER}, digests),
        ({MODEL_NAME: KEY}, {}),
        ({MODEL_NAME: KEY}, None),
        ({MODEL_NAME: KEY}, {MODEL_NAME: "ff"}),
        ({MODEL_NAME: KEY}, {MODEL_NAME: 7}),
        ({}, digests),
    ):
        with pytest.raises(OutputRefused):
            checked_digests(files, keys, said)
    (tmp_path / MODEL_NAME).write_bytes(PLAIN)
    with pytest.raises(OutputRefused):
        checked_digests(files, {MODEL_NAME: KEY}, digests)


def test_digest_of_equal_bytes_differs_from_key_to_key() -> None:
    assert KEY.digest_of(PLAIN) != OTHER.digest_of(PLAIN)
    assert KEY.digest_of(PLAIN) == KEY.digest_of(PLAIN) != KEY.digest_of(PLAIN + b"!")
