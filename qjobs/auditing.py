"""What an auditor reads from the chain about a job: a node and the JobBoard's address, nothing of ours."""

from collections.abc import Iterator
from typing import Any

from chain.abi import Event
from chain.accounts import NO_DIGEST
from chain.bindings import executor_registry, job_board
from chain.client import ChainClient
from chain.errors import CallReverted
from common.errors import NotFound
from marketplace.models import RowsInModel
from qjobs.selectors.board import Board, BoardJob
from qjobs.verification import RESULT_TASK, ChainFacts, DatasetVersionFacts, ModelFacts, ParentFacts

NEIGHBOURS = 50
NO_KEY = NO_DIGEST


def job_facts(
    client: ChainClient, board_address: str, job_id: int, task_number: int = RESULT_TASK
) -> ChainFacts:
    """What the chain says about a job and one of its tasks, all read at one block; raises NotFound."""
    board, block = Board(client, board_address), client.head_number()
    try:
        job = board.job(job_id, block)
    except CallReverted as error:
        raise NotFound(f"the board {board_address} has no job {job_id}") from error
    if not 0 <= task_number < job.request.tasks:
        raise NotFound(f"job {job_id} has no task {task_number}, only {job.request.tasks} from 0")
    task = board.task(job_id, task_number, block)
    return ChainFacts(
        chain_id=client.chain_id,
        job_board=board_address,
        dataset_token=board.neighbour("dataset_token"),
        job_id=job_id,
        state=job.state,
        request=job.request,
        spec_digest=job.spec_digest,
        approved_digest=_approved_digest(board, job_id, block),
        datasets=tuple(_datasets(board, job, block)),
        task=task_number,
        epoch=task["epoch"],
        executor=task["executor"],
        signing_key=_signing_key(board, job_id, task_number, task, block),
        artefact_digest=_posted(task["artefact_digest"]),
        metrics_digest=_posted(task["metrics_digest"]),
        run_record_digest=_posted(task["run_record_digest"]),
        model=_model(board, job.model_id, block) if job.model_id else None,
        parents=tuple(
            ParentFacts(token_id, *board.origin(token_id, block)) for token_id in job.request.parent_models
        ),
    )


def job_of_model(client: ChainClient, board_address: str, token_id: int) -> int:
    """The job that gave this model; raises NotFound."""
    try:
        return int(Board(client, board_address).model(token_id)["jobId"])
    except CallReverted as error:
        raise NotFound(f"there is no model {token_id}") from error


def dataset_versions(
    client: ChainClient, board_address: str, token_id: int, around: int
) -> list[DatasetVersionFacts]:
    """Versions of a dataset near one, at most a hundred, read at one block; those never opened are left out.

    Raises NotFound where there is no such dataset or version.
    """
    board, block = Board(client, board_address), client.head_number()
    found = []
    for number in range(max(1, around - NEIGHBOURS), around + NEIGHBOURS + 1):
        try:
            version = board.dataset_version(token_id, number, block)
        except CallReverted as error:
            if number == around:
                raise NotFound(f"dataset {token_id} has no version {around}") from error
            continue
        found.append(DatasetVersionFacts(token_id, number, version["codec"], version["contentDigest"]))
    return found


def _approved_digest(board: Board, job_id: int, block: int) -> str | None:
    """The digest in JobBoard's own event; a job is approved once."""
    for _, args in _events(board.client, board.address, job_board.JOB_APPROVED, block):
        if args["job_id"] == job_id:
            return str(args["spec_digest"])
    return None


def _signing_key(board: Board, job_id: int, number: int, task: dict[str, Any], block: int) -> str:
    """The key that was registered when the result was posted; a later change of keys changes no record."""
    posted_at = _result_position(board, job_id, number, task["epoch"], block)
    registry, key = board.neighbour("executor_registry"), NO_KEY
    for position, args in _events(board.client, registry, executor_registry.KEYS_SET, block):
        if args["executor"] == task["executor"] and (posted_at is None or position < posted_at):
            key = str(args["signing_key"])
    return key


def _result_position(
    board: Board, job_id: int, number: int, epoch: int, block: int
) -> tuple[int, int] | None:
    for position, args in _events(board.client, board.address, job_board.RESULT_POSTED, block):
        if (args["job_id"], args["task"], args["epoch"]) == (job_id, number, epoch):
            return position
    return None


def _datasets(board: Board, job: BoardJob, block: int) -> Iterator[DatasetVersionFacts]:
    for token_id, number in zip(job.request.dataset_ids, job.request.versions, strict=True):
        version = board.dataset_version(token_id, number, block)
        allowed = RowsInModel(board.rows_in_model(token_id)).label
        yield DatasetVersionFacts(token_id, number, version["codec"], version["contentDigest"], allowed)


def _model(board: Board, token_id: int, block: int) -> ModelFacts:
    fields = board.model(token_id, block)
    return ModelFacts(
        token_id=token_id,
        job_id=fields["jobId"],
        artefact_digest=fields["artefactDigest"],
        metrics_digest=fields["metricsDigest"],
        run_record_digest=fields["runRecordDigest"],
        parents=tuple(fields["parents"]),
    )


def _events(
    client: ChainClient, address: str, event: Event, last: int
) -> Iterator[tuple[tuple[int, int], dict[str, Any]]]:
    """((block, log index), arguments) of every such event of the contract up to a block, in chain order."""
    for log in client.logs(addresses=[address], topics=[event.topic], first=0, last=last):
        yield (log.block_number, log.log_index), event.decode(log.topics, log.data)


def _posted(digest: str) -> str | None:
    return None if digest == NO_DIGEST else digest
