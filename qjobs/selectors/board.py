"""Jobs read straight from the chain, without our rows: for the worker's checks and for `verify`."""

from dataclasses import dataclass
from typing import Any

from chain.abi import Function, function, short_name, short_or_hex
from chain.bindings import dataset_token, job_board, model_token, parameter_book
from chain.client import ChainClient
from qjobs.spec import OnChainRequest

# The board's own getters of the contracts that it works with.
_NEIGHBOURS: dict[str, Function] = {
    name: function(f"{name}() returns (address)")
    for name in (
        "timelock",
        "dataset_token",
        "access_pass",
        "model_token",
        "executor_registry",
        "parameter_book",
    )
}


@dataclass(frozen=True)
class BoardJob:
    """A job as JobBoard holds it at one block."""

    job_id: int
    requester: str
    state: int
    spec_digest: str
    model_id: int
    request: OnChainRequest


class Board:
    """One JobBoard and the contracts that it names; every read is a fresh one at the asked block."""

    def __init__(self, client: ChainClient, address: str) -> None:
        self.client = client
        self.address = address
        self._neighbours: dict[str, str] = {}

    def neighbour(self, name: str) -> str:
        """The address of a contract that the board itself names: dataset_token, model_token, ..."""
        if name not in self._neighbours:
            self._neighbours[name] = self.client.read(self.address, _NEIGHBOURS[name])
        return self._neighbours[name]

    def job(self, job_id: int, block: int | None = None) -> BoardJob:
        """The job with everything that its request fixed; raises CallReverted where there is no such job."""
        fields = self._read(job_board.GET_JOB, block, job_id=job_id)
        dataset_ids, versions, _ = self._read(job_board.JOB_DATASETS, block, job_id=job_id)
        parents = self._read(job_board.JOB_PARENTS, block, job_id=job_id)
        return BoardJob(
            job_id=job_id,
            requester=fields["requester"],
            state=fields["state"],
            spec_digest=fields["spec_digest"],
            model_id=fields["model_id"],
            request=OnChainRequest(
                dataset_ids=tuple(dataset_ids),
                versions=tuple(versions),
                parent_models=tuple(parents),
                tasks=fields["tasks"],
                algorithm=short_or_hex(fields["algorithm"]),
                engine=short_or_hex(fields["engine"]),
                qubits=fields["qubits"],
                payment_token=fields["payment_token"],
                pay_per_task=fields["pay_per_task"],
                run_seconds=fields["run_seconds"],
            ),
        )

    def task(self, job_id: int, task: int, block: int | None = None) -> dict[str, Any]:
        """The task's claim and result; digests are zero where nothing was posted."""
        return self._read(job_board.GET_TASK, block, job_id=job_id, task=task)

    def has_consent(self, job_id: int, dataset_id: int, block: int | None = None) -> bool:
        """Whether the dataset's owner lets this job read it, by standing consent or for this job."""
        return bool(self._read(job_board.HAS_CONSENT, block, job_id=job_id, dataset_id=dataset_id))

    def rows_in_model(self, token_id: int) -> int:
        """What the dataset's owner allows: RowsInModel's number."""
        policy = self.client.read(self.neighbour("dataset_token"), dataset_token.POLICY_OF, tokenId=token_id)
        return int(policy["rowsInModel"])

    def dataset_version(self, dataset_id: int, number: int, block: int | None = None) -> dict[str, Any]:
        """A dataset version: codec, digests, size."""
        return self.client.read(
            self.neighbour("dataset_token"),
            dataset_token.VERSION_OF,
            block=block,
            tokenId=dataset_id,
            number=number,
        )

    def is_allowed(self, kind: str, item: str, block: int | None = None) -> bool:
        """Whether the members' list of this kind (algorithm, engine) holds the item."""
        return bool(
            self.client.read(
                self.neighbour("parameter_book"),
                parameter_book.IS_ALLOWED,
                block=block,
                kind=short_name(kind),
                item=short_name(item),
            )
        )

    def model(self, token_id: int, block: int | None = None) -> dict[str, Any]:
        """A model token: its job, digests and parents."""
        return self.client.read(
            self.neighbour("model_token"), model_token.MODEL_OF, block=block, tokenId=token_id
        )

    def origin(self, token_id: int, block: int | None = None) -> tuple[str, str]:
        """The digests that a model came of: its job's spec and its manifest; raises CallReverted."""
        fields = self.model(token_id, block)
        return self.job(fields["jobId"], block).spec_digest, fields["artefactDigest"]

    def _read(self, asked: Function, block: int | None, **args: Any) -> Any:
        return self.client.read(self.address, asked, block=block, **args)
