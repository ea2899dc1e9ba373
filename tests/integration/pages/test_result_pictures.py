"""A result's pictures: counts that anybody may have posted, a kernel in a file that anybody may have made."""

import io
import json
import struct

import pytest
from django.test import Client
from safetensors.numpy import save

from marketplace.store import content_store
from qjobs.records import FileEntry, manifest_bytes
from qjobs.rules.confusions import confusions_of
from qjobs.selectors.kernels import kernel_sample
from qjobs.selectors.results import PostedFile
from tests.fakes import job_rows, rows
from tests.integration.pages.test_job_pages import pin_metrics

np = pytest.importorskip("numpy")


def model_file(content: bytes) -> list[PostedFile]:
    stored = content_store().add_file(io.BytesIO(content))
    return [PostedFile("model.safetensors", str(stored.cid), len(content), "0x")]


def shaped(header: object, numbers: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + numbers


def square(side: int, **changes: object) -> bytes:
    entry = {"dtype": "F64", "shape": [side, side], "data_offsets": [0, 8 * side * side], **changes}
    return shaped({"kernel_sample": entry}, struct.pack(f"<{side * side}d", *[0.5] * side * side))


def test_kernel_is_read_as_the_library_wrote_it() -> None:
    kernel = np.array([[1.0, 0.25, 0.5], [0.25, 1.0, 0.125], [0.5, 0.125, 1.0]])
    content = save({"c": np.array([1.0]), "kernel_sample": kernel, "zeros": np.zeros((2, 5))})

    assert kernel_sample(model_file(content)) == tuple(map(tuple, kernel.tolist()))


@pytest.mark.attack("S31")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 64,
        struct.pack("<Q", 2**63) + b"{}",
        shaped([]),
        shaped({"kernel_sample": {"dtype": "F64", "shape": [2, 2], "data_offsets": [0, 2**40]}}),
        shaped({"kernel_sample": {"dtype": "F64", "shape": [2, 2], "data_offsets": [0, 32]}}, b"short"),
        square(3, dtype="F32"),
        square(3, shape=[9, 1]),
        square(3, shape=[True, True]),
        square(200),
        square(2)[:-8] + struct.pack("<d", float("nan")),
        square(2)[:-8] + struct.pack("<d", -1.0),
    ],
)
def test_file_that_holds_no_kernel_gives_no_picture(content: bytes) -> None:
    assert kernel_sample(model_file(content)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"splits": 3},
        {"splits": []},
        {"splits": [{"quantum": {"accuracy": 0.9}}]},
        {"splits": [{"quantum": {"confusion": {"true_positive": 1}}}]},
        {"splits": [{"quantum": {"confusion": dict.fromkeys(("true_positive", "false_negative"), 1.5)}}]},
        {"splits": [{}] * 60},
    ],
)
def test_document_without_counts_gives_no_matrix(change: dict[str, object]) -> None:
    assert confusions_of(job_rows.metrics_document() | change) == []


def test_counts_are_summed_over_the_splits() -> None:
    quantum, best = confusions_of(job_rows.metrics_document())

    assert (quantum.model, best.model) == ("quantum", "rbf_all")
    assert (quantum.positive, quantum.negative) == (5 * 42, 5 * 72)


@pytest.mark.django_db
def test_job_page_shows_matrices_and_kernel_as_images_with_words(reader: Client) -> None:
    rows.add_head()
    job_rows.add_job(1)
    kernel = np.array([[1.0, 0.25], [0.25, 1.0]])
    (file,) = model_file(save({"kernel_sample": kernel}))
    digest = "11" * 32
    manifest = content_store().add_block(
        manifest_bytes({file.name: FileEntry(cid=file.cid, size=file.size, sha256=digest)})
    )
    job_rows.add_result(
        1,
        metrics_digest=pin_metrics(job_rows.metrics_document()),
        artefact_digest="0x" + manifest.digest.hex(),
    )

    text = reader.get("/jobs/1").text

    for words in (
        "What it got right",
        "Quantum model: of 210 rows that are positive",
        "mean 0.25 off the diagonal",
    ):
        assert words in text
    assert text.count("data:image/svg+xml") >= 3
