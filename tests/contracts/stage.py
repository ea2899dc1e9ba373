"""The main road in steps, so that a test can begin where its subject does."""

from dataclasses import dataclass
from typing import Any

from ape.api import AccountAPI
from ape.managers.chain import ChainManager
from commons import DOLLARS, QSVM, STATEVECTOR, Commons

DATASET, MODEL = 0, 1
DOWNLOAD, COMPUTE, PREDICT, OWNERSHIP = 1, 2, 3, 4
RAW = 0x55
REQUESTED, APPROVED, RUNNING, WINDOW, SETTLED, CANCELLED, EXPIRED, DISPUTED = range(1, 9)
WINDOW_SECONDS = 5
RUN_SECONDS = 600
APPROVE_SECONDS = 1_000
CLAIM_SECONDS = 5_000
SPEC_DIGEST = b"\x5d" * 32
ARTEFACT, METRICS, RUN_RECORD = b"\xa1" * 32, b"\xa2" * 32, b"\xa3" * 32
PAY_PER_TASK = 100 * DOLLARS
MAX = 2**256 - 1


def version(seed: int = 1) -> dict[str, Any]:
    """A dataset version whose digests follow from `seed`."""
    return {
        "codec": RAW,
        "contentDigest": bytes([seed]) * 32,
        "metadataDigest": bytes([seed + 100]) * 32,
        "licenceHash": b"\x11" * 32,
        "sizeBytes": 1_000 + seed,
    }


def policy(**changes: Any) -> dict[str, Any]:
    """Download and compute, any algorithm, no rows in models, but for `changes`."""
    return {"download": True, "compute": True, "rowsInModel": 0, "algorithms": [], **changes}


def mint_terms(payee: Any, **changes: Any) -> dict[str, Any]:
    """A dataset with standing consent, all earnings to `payee`, no job fee, no royalty, but for `changes`."""
    return {
        "version": version(),
        "policy": policy(),
        "payees": [payee],
        "parts": [10_000],
        "standingConsent": True,
        "jobFeeToken": "0x" + "00" * 20,
        "jobFee": 0,
        "royaltyBps": 0,
        **changes,
    }


@dataclass(frozen=True)
class Stage:
    """`commons` with the roles that walk the main road; every step returns the number of what it made."""

    commons: Commons
    chain: ChainManager
    provider: AccountAPI
    researcher: AccountAPI
    executor: AccountAPI
    timelock: AccountAPI

    def now(self) -> int:
        """The next block's time: after an undone test the clock is ahead of the last block."""
        return self.chain.pending_timestamp

    def wait(self, seconds: int) -> None:
        self.chain.mine(timestamp=self.now() + seconds)

    def publish(self, **changes: Any) -> int:
        """The provider mints a dataset."""
        self.commons.dataset_token.mint(mint_terms(self.provider, **changes), sender=self.provider)
        return self.commons.dataset_token.datasetCount()

    def grant(
        self, dataset_id: int, *, to: AccountAPI | None = None, right: int = COMPUTE, uses: int = 0
    ) -> int:
        """The provider gives a pass, to the researcher unless said otherwise."""
        arguments = (DATASET, dataset_id, to or self.researcher, right, 1, 0, uses)
        self.commons.access_pass.grant(*arguments, sender=self.provider)
        return self.commons.access_pass.passCount()

    def list_compute(self, dataset_id: int, *, sender: AccountAPI | None = None, **changes: Any) -> int:
        """The provider lists compute passes for 10 dollars, one use each, but for `changes`."""
        terms = {
            "subject_kind": DATASET,
            "subject_id": dataset_id,
            "right": COMPUTE,
            "version": 1,
            "payment_token": self.commons.test_dollar.address,
            "price": 10 * DOLLARS,
            "stock": 0,
            "pass_seconds": 0,
            "pass_uses": 1,
            "closes_at": 0,
            **changes,
        }
        self.commons.data_market.create_listing(*terms.values(), sender=sender or self.provider)
        return self.commons.data_market.listing_count()

    def approve_dollars(self, spender: Any, owner: AccountAPI | None = None, amount: int = MAX) -> None:
        self.commons.test_dollar.approve(spender, amount, sender=owner or self.researcher)

    def job_request(self, datasets: list[int], passes: list[int], **changes: Any) -> dict[str, Any]:
        """What a request says: one task of QSVM on 8 qubits for 100 dollars, but for `changes`."""
        now = self.now()
        return {
            "dataset_ids": datasets,
            "versions": [1] * len(datasets),
            "pass_ids": passes,
            "parent_models": [],
            "tasks": 1,
            "algorithm": QSVM,
            "engine": STATEVECTOR,
            "qubits": 8,
            "payment_token": self.commons.test_dollar.address,
            "pay_per_task": PAY_PER_TASK,
            "approve_by": now + APPROVE_SECONDS,
            "claim_by": now + CLAIM_SECONDS,
            "run_seconds": RUN_SECONDS,
            **changes,
        }

    def request_job(self, datasets: list[int], passes: list[int], **changes: Any) -> int:
        """The researcher pays a job's escrow and requests it."""
        self.approve_dollars(self.commons.job_board)
        request = self.job_request(datasets, passes, **changes)
        self.commons.job_board.request(SPEC_DIGEST, request, MAX, sender=self.researcher)
        return self.commons.job_board.job_count()

    def requested_job(self, **changes: Any) -> int:
        """A job on one dataset with standing consent and a granted pass."""
        dataset_id = self.publish()
        return self.request_job([dataset_id], [self.grant(dataset_id)], **changes)

    def federated_job(self, parties: int = 2, *, job_fee: int = 0, uses: int = 0, **changes: Any) -> int:
        """A job with one task a dataset."""
        fee = {"jobFeeToken": self.commons.test_dollar.address, "jobFee": job_fee}
        datasets = [self.publish(**fee) for _ in range(parties)]
        passes = [self.grant(dataset_id, uses=uses) for dataset_id in datasets]
        return self.request_job(datasets, passes, tasks=parties, **changes)

    def approve(self, job_id: int) -> int:
        self.commons.job_board.approve(job_id, SPEC_DIGEST, sender=self.timelock)
        return job_id

    def claim(self, job_id: int, task: int = 0) -> int:
        self.commons.job_board.claim(job_id, task, sender=self.executor)
        return job_id

    def post(self, job_id: int, task: int = 0, epoch: int = 1) -> int:
        digests = (ARTEFACT, METRICS, RUN_RECORD)
        self.commons.job_board.post_result(job_id, task, epoch, *digests, sender=self.executor)
        return job_id

    def settle(self, job_id: int) -> int:
        """Waits for the window's end and settles; the job's number."""
        self.wait(WINDOW_SECONDS)
        self.commons.job_board.settle(job_id, sender=self.executor)
        return job_id

    def settled_model(self, **changes: Any) -> int:
        """A model of the researcher's, trained by the main road."""
        job_id = self.settle(self.post(self.claim(self.approve(self.requested_job(**changes)))))
        return self.commons.job_board.get_job(job_id).model_id

    def state(self, job_id: int) -> int:
        return self.commons.job_board.get_job(job_id).state

    def credit(self, account: Any) -> int:
        """What JobBoard owes an account, in base units of TestDollar."""
        return self.commons.job_board.credit_of(account, self.commons.test_dollar)

    def obligations(self) -> int:
        """What JobBoard's open jobs hold, in base units of TestDollar."""
        return self.commons.job_board.open_obligations(self.commons.test_dollar)
