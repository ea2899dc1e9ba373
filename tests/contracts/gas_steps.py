"""The gas of every step of the main road, each measured once in a stated situation."""

from typing import Any

from ape.api import AccountAPI, ReceiptAPI
from ballots import FOR, LATE_EXTENSION, TIMELOCK_DELAY, VOTING_DELAY, VOTING_PERIOD, job_ballot
from batch_tree import leaf_of, proof_of, root_of
from commons import DOLLARS
from permits import permit_signature, vote_signature
from stage import (
    ARTEFACT,
    MAX,
    METRICS,
    MODEL,
    OWNERSHIP,
    RUN_RECORD,
    SPEC_DIGEST,
    WINDOW_SECONDS,
    Stage,
    mint_terms,
    version,
)

PRICE = 10 * DOLLARS
STAKE = 70 * DOLLARS


def gas_of(receipt: ReceiptAPI) -> int:
    return int(receipt.gas_used)


def trading(stage: Stage) -> dict[str, int]:
    """The provider's second dataset; the first purchase ever, then a newcomer's of what has sold."""
    commons, provider, buyer = stage.commons, stage.provider, stage.researcher
    stage.list_compute(stage.publish())
    gas = {"publish": gas_of(commons.dataset_token.mint(mint_terms(provider), sender=provider))}
    dataset_id = commons.dataset_token.datasetCount()
    gas["new version"] = gas_of(commons.dataset_token.publishVersion(dataset_id, version(2), sender=provider))
    listing = listing_terms(stage, dataset_id)
    gas["list"] = gas_of(commons.data_market.create_listing(*listing, sender=provider))
    listing_id = commons.data_market.listing_count()
    stage.approve_dollars(commons.data_market, owner=provider)
    gas["first buy ever"] = gas_of(commons.data_market.buy(listing_id, PRICE, 2, sender=provider))
    gas["approve"] = gas_of(commons.test_dollar.approve(commons.data_market, PRICE, sender=buyer))
    gas["buy"] = gas_of(commons.data_market.buy(listing_id, PRICE, 2, sender=buyer))
    signature = permit_signature(commons, buyer, commons.data_market.address, PRICE, deadline=MAX)
    arguments = (listing_id, PRICE, 2, MAX, *signature)
    gas["buy with permit"] = gas_of(commons.data_market.buy_with_permit(*arguments, sender=buyer))
    return gas | batch(stage, dataset_id)


def batch(stage: Stage, dataset_id: int, count: int = 100) -> dict[str, int]:
    """A hundred versions under one root, and the first of them opened."""
    datasets, provider = stage.commons.dataset_token, stage.provider
    first = datasets.versionCount(dataset_id) + 1
    versions = [version(seed) for seed in range(1, count + 1)]
    leaves = [leaf_of(dataset_id, first + i, each) for i, each in enumerate(versions)]
    arguments = (dataset_id, root_of(leaves), count, versions[-1], proof_of(leaves, count - 1))
    published = datasets.publishVersions(*arguments, sender=provider)
    opened = datasets.openVersion(dataset_id, 0, first, versions[0], proof_of(leaves, 0), sender=provider)
    return {"batch of 100 versions": gas_of(published), "open a version": gas_of(opened)}


def listing_terms(stage: Stage, dataset_id: int) -> tuple[Any, ...]:
    """Compute passes of one use for 10 dollars, no end, any number."""
    return (0, dataset_id, 2, 1, stage.commons.test_dollar.address, PRICE, 0, 0, 1, 0)


def job(stage: Stage, voters: tuple[AccountAPI, AccountAPI]) -> dict[str, int]:
    """One task on one dataset without standing consent, requested with a pass, approved by two votes."""
    commons, (first_voter, second_voter) = stage.commons, voters
    dataset_id = stage.publish(standingConsent=False)
    pass_id = stage.grant(dataset_id)
    stage.approve_dollars(commons.job_board)
    request = stage.job_request([dataset_id], [pass_id])
    gas = {"request": gas_of(commons.job_board.request(SPEC_DIGEST, request, MAX, sender=stage.researcher))}
    job_id = commons.job_board.job_count()
    gas["consent"] = gas_of(commons.job_board.consent(job_id, dataset_id, sender=stage.provider))
    ballot = job_ballot(stage, job_id, SPEC_DIGEST)
    gas["propose"] = gas_of(ballot.propose(by=first_voter))
    stage.wait(VOTING_DELAY + 1)
    gas["vote"] = gas_of(ballot.vote(FOR, by=first_voter))
    signature = vote_signature(commons, second_voter, ballot.proposal_id, FOR)
    arguments = (ballot.proposal_id, FOR, second_voter, signature)
    gas["signed vote"] = gas_of(commons.commons_governor.castVoteBySig(*arguments, sender=first_voter))
    stage.wait(VOTING_PERIOD + LATE_EXTENSION)
    gas["queue"] = gas_of(ballot.queue(by=first_voter))
    stage.wait(TIMELOCK_DELAY)
    gas["execute"] = gas_of(ballot.execute(by=first_voter))
    return gas | running(stage, job_id)


def running(stage: Stage, job_id: int, beside: str = "") -> dict[str, int]:
    """What executors and anyone do to an approved job."""
    board, executor = stage.commons.job_board, stage.executor
    gas = {f"claim{beside}": gas_of(board.claim(job_id, 0, sender=executor))}
    digests = (ARTEFACT, METRICS, RUN_RECORD)
    gas[f"result{beside}"] = gas_of(board.post_result(job_id, 0, 1, *digests, sender=executor))
    stage.wait(WINDOW_SECONDS)
    gas[f"settle{beside}"] = gas_of(board.settle(job_id, sender=executor))
    return gas


def dispute(stage: Stage, verifiers: tuple[AccountAPI, AccountAPI]) -> dict[str, int]:
    """A challenge by the provider of an executor with a stake; two verifiers say that the result is wrong."""
    commons, book, registry = stage.commons, stage.commons.dispute_book, stage.commons.executor_registry
    commons.test_dollar.transfer(stage.executor, STAKE, sender=stage.provider)
    stage.approve_dollars(registry, owner=stage.executor)
    gas = {"stake": gas_of(registry.stake(STAKE, sender=stage.executor))}
    for verifier in verifiers:
        registry.admit(verifier, True, b"\x07" * 32, b"age1verifier", sender=stage.timelock)
    job_id = stage.post(stage.claim(stage.approve(stage.requested_job())))
    stage.approve_dollars(book, owner=stage.provider)
    gas["challenge"] = gas_of(book.challenge(job_id, 0, b"\xd1" * 32, sender=stage.provider))
    book.attest(job_id, False, b"\xd2" * 32, sender=verifiers[0])
    gas["attest"] = gas_of(book.attest(job_id, False, b"\xd2" * 32, sender=verifiers[1]))
    stage.wait(book.attest_seconds() + 1)
    gas["close, dispute lost"] = gas_of(book.close(job_id, sender=stage.provider))
    return gas


def model_sale(stage: Stage) -> dict[str, int]:
    """A model with one parent, offered by the researcher and bought by the provider, who bought before."""
    commons, seller = stage.commons, stage.researcher
    model_id = stage.settled_model(parent_models=[stage.settled_model()])
    approved = commons.model_token.approve(commons.data_market, model_id, sender=seller)
    terms = (MODEL, model_id, OWNERSHIP, 1, commons.test_dollar.address, PRICE, 1, 0, 0, 0)
    offered = commons.data_market.create_listing(*terms, sender=seller)
    listing_id = commons.data_market.listing_count()
    sold = commons.data_market.buy(listing_id, PRICE, 1, sender=stage.provider)
    gas = {"approve a model": approved, "offer a model": offered, "sell a model": sold}
    return {step: gas_of(receipt) for step, receipt in gas.items()}
