"""Models that the training of a circuit may begin with: one by its number, and those of a wallet."""

from collections.abc import Iterator
from dataclasses import dataclass

from common.errors import NotAllowed
from qjobs.models import Job, TrainedModel
from qjobs.selectors.specs import read_pinned_spec
from qjobs.spec import ParentRefused, QnnSpec
from qjobs.spec.parents import seen_with
from storage.cid import Cid

MOST_OFFERED = 20


@dataclass(frozen=True)
class StartModel:
    """A model by what a spec that starts from it must say, and the spec that it came of."""

    token_id: int
    spec: QnnSpec
    manifest_cid: str
    spec_cid: str

    def as_start(self) -> dict[str, object]:
        """The `warm_start` of a document that starts from it."""
        return {
            "spec_cid": self.spec_cid,
            "manifest_cid": self.manifest_cid,
            "seen_datasets": [str(number) for number in seen_with(self.spec)],
        }


def start_model(token_id: int) -> StartModel:
    """The model, by the chain's rows and its spec's verified bytes; raises ParentRefused."""
    model = TrainedModel.objects.filter(pk=token_id).first()
    if model is None:
        raise ParentRefused(f"There is no model {token_id}, or its block is not indexed yet.")
    job = Job.objects.filter(pk=model.job_id).first()
    spec = None if job is None else read_pinned_spec(job.spec_digest)
    if job is None or spec is None:
        raise ParentRefused(f"The spec of model {token_id} is not at hand here.")
    if not isinstance(spec, QnnSpec):
        raise ParentRefused(f"Model {token_id} is of {spec.algorithm.name}; a qnn starts from a qnn.")
    manifest, of_spec = (Cid.from_digest(each) for each in (model.artefact_digest, job.spec_digest))
    return StartModel(token_id, spec, str(manifest), str(of_spec))


def own_start_models(wallet: str) -> Iterator[StartModel]:
    """The newest trained circuits that the wallet owns, whose specs are at hand."""
    jobs = Job.objects.filter(algorithm="qnn").values("job_id")
    owned = TrainedModel.objects.filter(owner=wallet, job_id__in=jobs)
    for token_id in owned.values_list("token_id", flat=True)[:MOST_OFFERED]:
        try:
            yield start_model(token_id)
        except ParentRefused:
            continue


def require_own_parents(token_ids: tuple[int, ...], wallet: str) -> None:
    """Raises NotAllowed for a parent of another owner's: JobBoard would refuse the request."""
    owned = TrainedModel.objects.filter(pk__in=token_ids, owner=wallet).values_list("token_id", flat=True)
    foreign = sorted(set(token_ids) - set(owned))
    if foreign:
        raise NotAllowed(f"Only the owner of model {foreign[0]} may start a job from it.")
