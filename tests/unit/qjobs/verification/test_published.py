"""What may be sent to somebody else's machine: a model that is whole, and nothing that is sealed."""

from dataclasses import replace

import pytest
from threadpoolctl import threadpool_limits

from qjobs.verification.published import NotPublic, NotWhole, published_model
from tests.unit.qjobs.verification.posted_jobs import Posted
from tests.unit.qjobs.verification.test_verify_private_job import PrivatelyPosted
from tests.unit.qjobs.verification.test_verify_sealed_model import SealedPosted


@pytest.fixture(scope="module")
def posted(tmp_path_factory):
    with threadpool_limits(limits=1):
        yield Posted(tmp_path_factory.mktemp("posted"))


def test_a_public_model_is_had_with_its_spec_and_rows(posted):
    model = published_model(posted.facts, posted.blocks)

    assert model.spec == posted.spec
    assert model.files == posted.files
    assert len(model.data) == 100


@pytest.mark.parametrize("missing", ["metrics.json", "model.safetensors"])
def test_a_model_of_which_a_file_is_missing_is_refused_by_its_name(posted, missing):
    with pytest.raises(NotWhole, match=missing):
        published_model(posted.facts, posted.blocks.without(posted.files[missing]))


def test_rows_that_cannot_be_had_and_a_model_that_nobody_voted_for_are_refused(posted):
    with pytest.raises(NotWhole, match="rows of dataset 1 cannot be had"):
        published_model(posted.facts, posted.blocks.without(posted.kept))
    with pytest.raises(NotWhole, match="never approved"):
        published_model(replace(posted.facts, approved_digest=None), posted.blocks)
    with pytest.raises(NotWhole, match=r"spec\.json"):
        published_model(replace(posted.facts, spec_digest="0x" + "00" * 32), posted.blocks)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (PrivatelyPosted, "rows of dataset 1 are private: none may leave"),
        (SealedPosted, r"model\.safetensors carries rows and is sealed"),
    ],
)
def test_nothing_that_is_sealed_is_sent_to_a_machine_of_others(tmp_path, kind, words):
    sealed = kind(tmp_path)

    with pytest.raises(NotPublic, match=words):
        published_model(sealed.facts, sealed.blocks)


@pytest.mark.parametrize("allowed", ["sealed", "never"])
def test_rows_whose_owner_allows_them_in_no_public_model_are_sent_nowhere(posted, allowed):
    datasets = tuple(replace(each, rows_in_model=allowed) for each in posted.facts.datasets)

    with pytest.raises(NotPublic, match=f"owner of dataset 1 does not let others see rows .*{allowed}"):
        published_model(replace(posted.facts, datasets=datasets), posted.blocks)
