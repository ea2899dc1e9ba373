"""A model whose rows are sealed: whoever may open it checks all of it, anybody else all but those rows."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.numpy import load, save
from threadpoolctl import threadpool_limits

from qjobs.records import FileEntry, describe_files
from qjobs.runner.sealing import ChildKeys
from qjobs.verification import Auditor, Report, verify_job
from storage.age.file_key import FileKey
from storage.age.keys import Identity, wrapped_for
from storage.age.vault import seal_under
from tests.unit.qjobs.verification.posted_jobs import Posted

MODEL = "model.safetensors"
KEY, OTHER = FileKey(bytes(range(16))), FileKey(bytes(range(1, 17)))
OWNER, STRANGER = Identity(bytes(range(32))), Identity(bytes(range(1, 33)))
ENTITLED = Auditor(keys=ChildKeys(files={MODEL: KEY}))


class SealedPosted(Posted):
    """The same job, whose data's owner allows rows in a model only sealed."""

    allowed = "sealed"

    def publish(self, folder: Path) -> None:
        self.model = self.files[MODEL]
        self.files[MODEL] = b"".join(seal_under(io.BytesIO(self.model), KEY))
        super().publish(folder)
        datasets = tuple(replace(one, rows_in_model=self.allowed) for one in self.facts.datasets)
        self.facts = replace(self.facts, datasets=datasets)

    def described(self, paths: dict[str, Path]) -> dict[str, FileEntry]:
        entries = describe_files(paths)
        return entries | {MODEL: replace(entries[MODEL], plain_digest=self.digest())}

    def digest(self) -> str:
        return KEY.digest_of(self.model)


class Unasked(SealedPosted):
    """Sealed although nobody asks for it: a way to keep a result from being checked."""

    allowed = "public"


class WrongInside(SealedPosted):
    """What is inside is not what the manifest says."""

    def digest(self) -> str:
        return KEY.digest_of(self.model + b"!")


class ForgedInside(SealedPosted):
    """A model with other weights, well sealed and well named."""

    def publish(self, folder: Path) -> None:
        arrays = load(self.files[MODEL])
        arrays["dual_coef"] = arrays["dual_coef"][::-1].copy()
        self.files[MODEL] = save(arrays)
        super().publish(folder)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    with threadpool_limits(limits=1):
        yield


@pytest.fixture(scope="module")
def posted(tmp_path_factory):
    return SealedPosted(tmp_path_factory.mktemp("sealed"))


def check(posted: Posted, auditor: Auditor = ENTITLED, copy: Path | None = None) -> Report:
    copies = {} if copy is None else {MODEL: copy}
    return verify_job(posted.facts, posted.blocks, copies, auditor=auditor)


def missing_of(report: Report) -> dict[str, str]:
    return {one.field: one.note for one in report.missing}


def wrong_in(report: Report) -> set[str]:
    return {one.field for one in report.mismatches}


def released_to(identity: Identity, folder: Path, file_key: FileKey = KEY) -> Auditor:
    file = folder / f"{MODEL}.age"
    file.write_bytes(wrapped_for(file_key, [identity.recipient]).encode() + b"not looked at")
    return Auditor((OWNER,), released_files={MODEL: file})


def test_stranger_checks_everything_but_the_sealed_rows_and_is_told_who_may(posted):
    report = check(posted, Auditor())

    assert report.verdict == "CANNOT_CHECK", wrong_in(report)
    assert set(missing_of(report)) == {f"{MODEL} contents"}
    assert "holding the model token entitles to it" in missing_of(report)[f"{MODEL} contents"]
    only_inside = {one.field for one in check(posted).checks} - {one.field for one in report.checks}
    assert only_inside
    assert all(field.startswith(f"{MODEL} ") for field in only_inside)


def test_owner_with_the_released_file_and_its_own_key_checks_all_of_it(posted, tmp_path):
    report = check(posted, released_to(OWNER, tmp_path))

    assert report.verdict == "MATCH", [str(one) for one in report.mismatches + report.missing]
    fields = {one.field for one in report.checks}
    assert {f"{MODEL} contents", f"{MODEL} support_vectors", f"{MODEL} optimality"} <= fields


def test_what_was_released_to_somebody_else_or_for_another_file_is_missing_and_not_wrong(posted, tmp_path):
    to_another = check(posted, released_to(STRANGER, tmp_path))
    of_another = check(posted, released_to(OWNER, tmp_path, OTHER))

    assert "is not sealed to your key" in missing_of(to_another)[f"{MODEL} contents"]
    assert "not the key of this file" in missing_of(of_another)[f"{MODEL} contents"]
    assert wrong_in(to_another) == wrong_in(of_another) == set()


def test_file_in_the_clear_where_the_owner_wants_it_sealed_is_wrong(tmp_path):
    clear = Posted(tmp_path)
    datasets = tuple(replace(one, rows_in_model="sealed") for one in clear.facts.datasets)

    report = verify_job(replace(clear.facts, datasets=datasets), clear.without_rows)

    assert wrong_in(report) == {f"{MODEL} form"}


def test_file_that_is_sealed_without_anybody_asking_is_wrong(tmp_path):
    assert wrong_in(check(Unasked(tmp_path))) == {f"{MODEL} form"}


def test_other_contents_than_the_manifest_says_are_wrong_for_who_can_open_them(tmp_path):
    assert wrong_in(check(WrongInside(tmp_path))) == {f"{MODEL} contents"}


def test_forged_weights_inside_the_seal_are_found(tmp_path):
    assert f"{MODEL} optimality" in wrong_in(check(ForgedInside(tmp_path)))


@pytest.mark.parametrize(("at", "kind"), [(-1, "payload"), (30, "header"), (0, "no age file")])
def test_tampered_copy_of_the_sealed_file_is_never_a_match(posted, tmp_path, at, kind):
    copy = bytearray(posted.files[MODEL])
    copy[at] ^= 1
    (tmp_path / "copy").write_bytes(copy)

    report = check(posted, copy=tmp_path / "copy")

    assert MODEL in wrong_in(report), kind
    assert {one.verdict for one in report.checks if one.field == f"{MODEL} contents"} != {"MATCH"}
