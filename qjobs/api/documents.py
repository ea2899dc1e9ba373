"""The API's JSON of specs, jobs and models; big numbers as decimal strings, times as ISO 8601 in UTC."""

from django.conf import settings

from chain.deployments import current
from common.caip import account_name, token_name
from governance.api.documents import iso_time
from qjobs.api.answers import (
    FileAnswer,
    JobAnswer,
    JobEventAnswer,
    JobOfferAnswer,
    JobQuoteAnswer,
    JobRow,
    ModelAnswer,
    ModelRow,
    ProgressAnswer,
    ResultAnswer,
    RunAnswer,
    ScoreAnswer,
    SpecAnswer,
    StepAnswer,
    TaskAnswer,
)
from qjobs.models import Job, JobMilestone, JobTask, Run, RunEvent, SpecDocument, TrainedModel
from qjobs.rules.curves import series_of
from qjobs.rules.results import Result, Score
from qjobs.rules.spec_words import spec_in_words
from qjobs.selectors.jobs import JobView
from qjobs.selectors.models import ModelView
from qjobs.selectors.possible import can_cancel, can_expire, can_propose, can_settle
from qjobs.selectors.progress import Progress
from qjobs.selectors.results import PostedFile, cid_of, posted_files, posted_result
from qjobs.selectors.standing import job_sub_state
from qjobs.services.requests import JobOffer, Quote


def spec_json(document: SpecDocument) -> SpecAnswer:
    """A pinned spec with its estimate and preview."""
    return {
        "digest": document.digest,
        "cid": document.cid,
        "title": document.title,
        "spec": document.spec,
        "estimate": document.estimate,
        "warnings": document.warnings,
        "preview": {
            "state": document.preview_state.lower(),
            "circuit_text": document.circuit_text,
            "problem": document.preview_problem,
        },
    }


def offer_json(offer: JobOffer) -> JobOfferAnswer:
    """A quote, and what the wallet signs next."""
    deadline = offer.permit_deadline
    return {
        "quote": _quote_json(offer.quote),
        "approve_by": str(offer.deadlines.approve_by),
        "claim_by": str(offer.deadlines.claim_by),
        "pass_ids": [str(number) for number in offer.pass_ids],
        "typed_data": offer.typed_data,
        "permit_deadline": None if deadline is None else str(deadline),
        "approval": None if offer.approval is None else offer.approval.as_json(),
        "transaction": None if offer.transaction is None else offer.transaction.as_json(),
    }


def job_row_json(job: Job) -> JobRow:
    """A job in a list."""
    return {
        "job_id": str(job.job_id),
        "requester": job.requester,
        "state": job.get_state_display(),
        "spec_digest": job.spec_digest,
        "spec_cid": cid_of(job.spec_digest),
        "algorithm": job.algorithm,
        "engine": job.engine,
        "qubits": job.qubits,
        "tasks": job.tasks,
        "payment_token": job.payment_token,
        "escrow": str(job.escrow_units),
        "requested_at": iso_time(job.requested_at),
        "model_id": None if not job.model_id else str(job.model_id),
    }


def job_json(view: JobView) -> JobAnswer:
    """A job with everything that its page shows."""
    job, spec = view.job, view.spec
    result_task = next((task for task in view.tasks if task.task == 0 and task.posted_block), None)
    return {
        **job_row_json(job),
        "sub_state": job_sub_state(view),
        "spec": None if spec is None else spec.model_dump(mode="json"),
        "spec_words": [] if spec is None else spec_in_words(spec),
        "differences": [
            {"field": one.field, "spec": one.spec_value, "chain": one.chain_value} for one in view.differences
        ],
        "duplicates": [str(number) for number in view.duplicates],
        "symbol": view.token.symbol,
        "decimals": view.token.decimals,
        "pay_per_task": str(job.pay_per_task),
        "data_fees": str(job.data_fees),
        "treasury_fee": str(job.treasury_fee),
        "refunded": None if job.refunded_units is None else str(job.refunded_units),
        "approve_by": iso_time(job.approve_by),
        "claim_by": iso_time(job.claim_by),
        "run_seconds": job.run_seconds,
        "window_ends_at": iso_time(job.window_ends_at),
        "datasets": [
            {
                "dataset_id": str(use.row.dataset_id),
                "version": use.row.version,
                "pass_id": str(use.row.pass_id),
                "fee": str(use.row.fee_units),
                "consent": use.has_consent,
            }
            for use in view.datasets
        ],
        "parent_models": [str(number) for number in view.parent_models],
        "proposals": [
            {"proposal_id": str(one.proposal.proposal_id), "state": one.state} for one in view.proposals
        ],
        "task_runs": [_task_json(task) for task in view.tasks],
        "run": _run_json(view.run),
        "history": [milestone_json(one) for one in view.history],
        "files": [] if result_task is None else [_file_json(one) for one in posted_files(result_task)],
        "result": None if result_task is None else _result_json(posted_result(result_task)),
        "payouts": [
            {"account": one.account, "token": one.token, "amount": str(one.units)} for one in view.payouts
        ],
        "can": {
            "propose": can_propose(job),
            "cancel": can_cancel(job),
            "settle": can_settle(job),
            "expire": can_expire(job),
        },
    }


def model_row_json(model: TrainedModel) -> ModelRow:
    """A model in a list."""
    return {
        "token_id": str(model.token_id),
        "asset_id": token_name(settings.CHAIN_ID, current().address_of("ModelToken"), model.token_id),
        "job_id": str(model.job_id),
        "owner": model.owner,
        "owner_id": account_name(settings.CHAIN_ID, model.owner),
        "artefact_digest": model.artefact_digest,
        "artefact_cid": cid_of(model.artefact_digest),
        "metrics_digest": model.metrics_digest,
        "metrics_cid": cid_of(model.metrics_digest),
        "run_record_digest": model.run_record_digest,
        "run_record_cid": cid_of(model.run_record_digest),
        "minted_at": iso_time(model.minted_at),
        "mint_tx": model.minted_tx,
    }


def model_json(view: ModelView) -> ModelAnswer:
    """A model with its lineage and result."""
    return {
        **model_row_json(view.model),
        "parents": [str(number) for number in view.parents],
        "datasets": [{"dataset_id": str(row.dataset_id), "version": row.version} for row in view.datasets],
        "spec_digest": None if view.job is None else view.job.spec_digest,
        "spec_cid": None if view.job is None else cid_of(view.job.spec_digest),
        "files": [_file_json(one) for one in view.files],
        "result": _result_json(view.result),
    }


def progress_json(progress: Progress) -> ProgressAnswer:
    """Progress events after a sequence number."""
    return {
        "events": [step_json(event) for event in progress.events],
        "last": progress.last,
        "ended": progress.has_ended,
    }


def step_json(event: RunEvent) -> StepAnswer:
    """One step of the worker; steps of one `series` are points of one curve."""
    return {
        "sequence": event.sequence,
        "at": event.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "stage": event.stage,
        "step": event.step,
        "steps": event.steps,
        "message": event.message,
        "metric": event.metric,
        "loss": event.loss,
        "seconds_left": event.seconds_left,
        "series": series_of(event.stage, event.message),
    }


def _quote_json(quote: Quote) -> JobQuoteAnswer:
    return {
        "pay": str(quote.pay),
        "data_fees": str(quote.data_fees),
        "treasury_fee": str(quote.treasury_fee),
        "escrow": str(quote.escrow),
        "payment_token": quote.token.address,
        "symbol": quote.token.symbol,
        "decimals": quote.token.decimals,
    }


def _task_json(task: JobTask) -> TaskAnswer:
    return {
        "task": task.task,
        "executor": task.executor,
        "epoch": task.epoch,
        "run_by": iso_time(task.run_by),
        "artefact_digest": task.artefact_digest,
        "artefact_cid": cid_of(task.artefact_digest),
        "metrics_digest": task.metrics_digest,
        "metrics_cid": cid_of(task.metrics_digest),
        "run_record_digest": task.run_record_digest,
        "run_record_cid": cid_of(task.run_record_digest),
        "posted_at": iso_time(task.posted_at),
    }


def _run_json(run: Run | None) -> RunAnswer | None:
    if run is None:
        return None
    return {
        "state": run.state,
        "reason": run.reason,
        "attempts": run.attempts,
        "started_at": None if run.started_at is None else run.started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "finished_at": None if run.finished_at is None else run.finished_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def milestone_json(one: JobMilestone) -> JobEventAnswer:
    """One event of JobBoard."""
    return {
        "event": one.event,
        "at": iso_time(one.at),
        "block": one.block,
        "tx_hash": one.tx_hash,
        "args": one.args,
    }


def _file_json(one: PostedFile) -> FileAnswer:
    return {
        "name": one.name,
        "cid": one.cid,
        "size": one.size,
        "sha256": one.sha256,
        "is_sealed": one.is_sealed,
    }


def _result_json(result: Result | None) -> ResultAnswer | None:
    if result is None:
        return None
    return {
        "metrics": dict(result.metrics),
        "verdict": result.verdict,
        "outcome": result.outcome,
        "quantum": None if result.quantum is None else _score_json(result.quantum),
        "baselines": [_score_json(score) for score in result.baselines],
    }


def _score_json(score: Score) -> ScoreAnswer:
    return {
        "name": score.name,
        "features": score.features,
        "accuracy": score.accuracy,
        "low": score.low,
        "high": score.high,
    }
