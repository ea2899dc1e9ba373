"""Verifiers of a test's commons: admitted by vote; our processes speak for them."""

import json
from pathlib import Path

import rfc8785
from django.conf import settings

from chain.accounts import LocalWallet
from chain.bindings import erc20, executor_registry
from marketplace.store import content_store
from qjobs.executor.attesting import look_at_dispute
from qjobs.models import Run, RunFile
from qjobs.records import FileEntry, manifest_bytes, read_manifest
from qjobs.rules.run_states import RunState
from qjobs.selectors.work import disputes_to_look_at
from qjobs.transactions import MANIFEST_NAME, METRICS_NAME
from storage.cid import Cid
from tests.integration.qjobs.http import post, sign_and_send
from tests.integration.qjobs.stage import DOLLARS, Stage

SIGNING_KEY = "0x" + "12" * 32
ATTEST_SECONDS = 60
STAKE = 150 * DOLLARS


def admit_verifiers(stage: Stage, wallets: list[LocalWallet], *, recipient: str = "age1none") -> list[str]:
    """One vote admits them all; gives the names of their key files."""
    registry = stage.at("ExecutorRegistry")
    calls = [
        executor_registry.ADMIT.call(
            registry,
            executor=wallet.address,
            is_verifier=True,
            signing_key=SIGNING_KEY,
            age_recipient=recipient.encode(),
        )
        for wallet in wallets
    ]
    proposal = stage.proposal_of(calls, "Admit verifiers")
    stage.propose_and_vote(proposal)
    stage.queue_and_execute(proposal)
    names = []
    for number, wallet in enumerate(wallets, start=1):
        file = Path(settings.KEYS_DIR) / f"verifier-{number}.key"
        file.write_text(wallet.private_key.removeprefix("0x"))
        file.chmod(0o600)
        names.append(file.stem)
    return names


def put_up_stake(stage: Stage, wallet: LocalWallet, units: int = STAKE) -> None:
    """The researcher's dollars as somebody's stake."""
    dollar, registry = stage.at("TestDollar"), stage.at("ExecutorRegistry")
    stage.transact(stage.people.researcher, erc20.TRANSFER.call(dollar, to=wallet.address, value=units))
    stage.transact(wallet, erc20.APPROVE.call(dollar, spender=registry, value=units))
    stage.transact(wallet, executor_registry.STAKE.call(registry, amount=units))


def run_to_its_result(stage: Stage, *, is_forged: bool) -> None:
    """Our processes until the result is posted; a forging executor betters its metrics beforehand."""
    for _ in range(16):
        Run.objects.update(not_before=None)
        stage.mine()
        stage.follow()
        stage.work()
        if is_forged and Run.objects.filter(state=RunState.POSTING).exists():
            is_forged = False
            _forge_metrics()
        stage.send()
        if Run.objects.filter(state=RunState.POSTING).exists() and not is_forged:
            break
    stage.follow()


def _forge_metrics() -> None:
    """Everything that the record signs fits together, and the accuracy is invented."""
    metrics = json.loads(_block(METRICS_NAME))
    metrics["splits"][0]["quantum"]["accuracy"] = 1.0
    forged = rfc8785.dumps(metrics)
    cid = _put(METRICS_NAME, forged)
    entry = FileEntry(str(cid), len(forged), cid.digest.hex())
    _put(MANIFEST_NAME, manifest_bytes(read_manifest(_block(MANIFEST_NAME)) | {METRICS_NAME: entry}))


def _block(name: str) -> bytes:
    return content_store().read_block(Cid.parse(RunFile.objects.get(name=name).cid))


def _put(name: str, content: bytes) -> Cid:
    cid = content_store().add_block(content)
    RunFile.objects.filter(name=name).update(cid=str(cid), size=len(content), sha256=cid.digest_hex)
    return cid


def one_second_later(stage: Stage) -> None:
    """The next block's time, however long this machine took since the last one."""
    stage.node.rpc("evm_setNextBlockTimestamp", stage.client.head().timestamp + 1)


def challenge(stage: Stage, client, wallet: LocalWallet, job_id: int) -> None:
    """As the job's page does it: the exact approval of the bond, then the challenge."""
    offer = post(
        client, f"jobs/{job_id}/challenge", {"reason": "I computed it again: the first split differs."}
    )
    for transaction in (offer["approval"], offer["transaction"]):
        if transaction:
            one_second_later(stage)  # else a slow machine would outlast the challenge window
            sign_and_send(stage, wallet, transaction)


def verify_and_close(stage: Stage) -> None:
    """Our verifiers look, attest, and close once their time is over."""
    look(stage)
    stage.pass_time(ATTEST_SECONDS + 1)
    stage.follow()
    look(stage)


def look(stage: Stage) -> None:
    for dispute_id in disputes_to_look_at():
        look_at_dispute(dispute_id)
    one_second_later(stage)  # else a slow machine's check would outlast the time to attest
    stage.send()
    stage.follow()
