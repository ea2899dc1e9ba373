"""A small commons on a real Anvil: deployed contracts, people with wallets, our processes by hand."""

import csv
import io
import json
import os
import random
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from chain.abi import Call, short_name
from chain.accounts import LocalWallet
from chain.bindings import access_pass, commons_governor, dataset_token, erc20, job_board, vote_token
from chain.client import ChainClient
from chain.deployments import Deployment, current
from chain.indexer.follower import Follower, Progress
from chain.indexer.ledger import Ledger
from chain.indexer.options import FollowOptions
from chain.projections import load
from chain.sender.builders import builders_from, signers_from
from chain.sender.loop import Sender
from chain.sender.options import SendOptions
from config.stack.anvil import AnvilNode
from governance.models import Proposal
from governance.rules.descriptions import description_hash, with_proposer
from marketplace.store import content_store
from qjobs.models import Run
from qjobs.selectors.work import runs_to_push, tiles_to_push
from qjobs.spec import JobSpec, build_spec, canonical_bytes, request_of
from qjobs.tasks import run as run_task
from qjobs.tasks import tile as tile_task
from storage.cid import Cid
from storage.importer import import_stream

ROOT = Path(__file__).resolve().parents[3]
DOLLARS = 10**6
VOTES = 10**18
RIGHT_COMPUTE = 2
DATASET = 0
HOUR = 3600
SUPPORT_FOR = 1


@dataclass(frozen=True)
class People:
    """Wallets by role; the executor's key lies in the test's KEYS_DIR for the sender."""

    deployer: LocalWallet = field(default_factory=LocalWallet.create)
    executor: LocalWallet = field(default_factory=LocalWallet.create)
    rival: LocalWallet = field(default_factory=LocalWallet.create)
    provider: LocalWallet = field(default_factory=LocalWallet.create)
    researcher: LocalWallet = field(default_factory=LocalWallet.create)
    member: LocalWallet = field(default_factory=LocalWallet.create)
    stranger: LocalWallet = field(default_factory=LocalWallet.create)

    def everybody(self) -> list[LocalWallet]:
        return list(vars(self).values())


def deploy(node: AnvilNode, people: People, *, signing_key: str, folder: Path) -> Path:
    """Deploys the contracts with the contract tools; gives the deployment file."""
    for wallet in people.everybody():
        node.rpc("anvil_setBalance", wallet.address, hex(10**21))
    parameters = json.loads((ROOT / "contracts/parameters/local.json").read_text()) | {
        "votes": [{"holder": people.member.address, "amount": str(1_000_000 * VOTES)}],
        "test_dollars": [{"holder": people.researcher.address, "amount": str(1_000 * DOLLARS)}],
        "executor": {
            "address": people.executor.address,
            "signing_key": signing_key,
            "age_recipient": "",
        },
    }
    given, out = folder / "parameters.json", folder / "deployment.json"
    given.write_text(json.dumps(parameters))
    bin_folders = [ROOT / ".venv-contracts/bin", ROOT / "node_modules/.bin"]
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        "DEPLOYER_KEY": people.deployer.private_key,
        "PATH": os.pathsep.join([*map(str, bin_folders), os.environ["PATH"]]),
    }
    words = ["contracts/deploy.py", "--rpc", node.rpc_url, "--parameters", str(given), "--out", str(out)]
    subprocess.run(
        [str(ROOT / ".venv-contracts/bin/python"), *words], cwd=ROOT, env=environment, check=True, timeout=300
    )
    return out


def small_table(rows: int = 40) -> bytes:
    """Two overlapping kinds of rows, three features: enough to train on in a second."""
    dice = random.Random(7)
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["width", "height", "depth", "kind"])
    for number in range(rows):
        centre = number % 2
        features = [round(dice.gauss(centre, 0.8), 4) for _ in range(3)]
        writer.writerow([*features, "ab"[centre]])
    return lines.getvalue().encode()


def cid_text(content: bytes) -> str:
    """The CID under which a store keeps these bytes."""
    return str(import_stream(io.BytesIO(content)).cid)


class Stage:
    """The chain, the people on it, and our follower, sender and worker, stepped by the test."""

    def __init__(self, node: AnvilNode, people: People) -> None:
        self.node = node
        self.people = people
        self.client = ChainClient(node.rpc_url, node.chain_id)
        self.deployment: Deployment = current()
        options = FollowOptions(
            confirmations=settings.CHAIN_CONFIRMATIONS, lag_grace_seconds=0, poll_seconds=0.01
        )
        projections = load(settings.PROJECTIONS)
        self._follower = Follower(
            client=self.client,
            deployment=self.deployment,
            ledger=Ledger(projections, history_blocks=options.history_blocks),
            options=options,
        )
        self._sender = Sender(
            client=self.client,
            signer_of=signers_from(settings.KEYS_DIR),
            builder_of=builders_from(settings.OUTBOX_KINDS),
            options=SendOptions(confirmations=settings.CHAIN_CONFIRMATIONS),
        )

    def at(self, contract: str) -> str:
        return self.deployment.address_of(contract)

    def transact(self, wallet: LocalWallet, call: Call) -> str:
        """Sends and is mined; raises CallReverted where the contract refuses."""
        tx_hash = wallet.send(self.client, call)
        assert self.client.wait_for_receipt(tx_hash).succeeded
        return tx_hash

    def follow(self) -> None:
        """Our follower, until nothing is new."""
        while self._follower.step() != Progress.IDLE:
            pass

    def send(self) -> None:
        """Our sender, until nothing changes."""
        while self._sender.step():
            pass

    def mine(self, blocks: int = 1) -> None:
        self.node.rpc("anvil_mine", hex(blocks))

    def pass_time(self, seconds: int) -> None:
        """Moves the chain's clock and mines a block at the new time."""
        self.node.rpc("evm_increaseTime", seconds)
        self.mine()

    def push_runs(self) -> None:
        """Our worker, on the runs alone."""
        for job_id, task in runs_to_push():
            run_task(job_id=job_id, task=task)

    def work(self) -> None:
        """Our worker, on everything that look_for_work would nudge it for."""
        self.push_runs()
        for job_id, task, number in tiles_to_push():
            tile_task(job_id=job_id, task=task, number=number)

    def settle_down(self, rounds: int = 8) -> None:
        """All our processes in turn, some blocks between them: what a minute of life does."""
        for _ in range(rounds):
            self.mine()
            self.follow()
            self.work()
            self.send()

    def publish_dataset(self, content: bytes, **terms: Any) -> int:
        """The provider's dataset with standing consent; a pass for the researcher where the policy allows."""
        provider = self.people.provider
        stored = content_store().add_file(io.BytesIO(content))
        mint_terms = {
            "version": {
                "codec": stored.cid.codec,
                "contentDigest": stored.cid.digest_hex,
                "metadataDigest": "0x" + "11" * 32,
                "licenceHash": "0x" + "22" * 32,
                "sizeBytes": stored.size,
            },
            "policy": {"download": False, "compute": True, "rowsInModel": 2, "algorithms": []},
            "payees": [provider.address],
            "parts": [10_000],
            "standingConsent": True,
            "jobFeeToken": self.at("TestDollar"),
            "jobFee": 2 * DOLLARS,
            "royaltyBps": 250,
            **terms,
        }
        self.transact(provider, dataset_token.MINT.call(self.at("DatasetToken"), terms=mint_terms))
        token_id = self.client.read(self.at("DatasetToken"), dataset_token.DATASET_COUNT)
        if not mint_terms["policy"]["compute"]:
            return token_id
        grant = access_pass.GRANT.call(
            self.at("AccessPass"),
            subjectKind=DATASET,
            subjectId=token_id,
            to=self.people.researcher.address,
            right=RIGHT_COMPUTE,
            firstVersion=1,
            expiresAt=0,
            uses=0,
        )
        self.transact(provider, grant)
        return token_id

    def small_spec(self, token_id: int, content_cid: str, **changes: Any) -> JobSpec:
        """A spec that trains in seconds."""
        fields = {
            "title": "Small kinds",
            "chain_id": str(self.deployment.chain_id),
            "dataset_token": self.at("DatasetToken"),
            "datasets": [
                {
                    "token_id": str(token_id),
                    "version": 1,
                    "content_cid": content_cid,
                    "columns": {
                        "features": ["width", "height", "depth"],
                        "label": "kind",
                        "positive_label": "b",
                    },
                }
            ],
            "splits": {"count": 2},
            "qubits": 2,
            "algorithm": {"c_grid": [1.0], "bandwidth_grid": [0.4], "inner_folds": 2},
            "feature_map": {"reps": 1},
            "baselines": {"c_grid": [1.0], "gamma_grid": [1.0]},
            "budget": {"payment_token": self.at("TestDollar"), "pay_per_task": str(5 * DOLLARS)},
            **changes,
        }
        return build_spec(fields)

    def request_job(self, spec: JobSpec, *, pinned: bytes | None = None, **changes: Any) -> int:
        """The researcher's request on chain; `changes` make it differ from the spec."""
        block = canonical_bytes(spec) if pinned is None else pinned
        cid = content_store().add_block(block)
        return self.request_digest(spec, cid, **changes)

    def request_digest(self, spec: JobSpec, cid: Cid, **changes: Any) -> int:
        researcher, board = self.people.researcher, self.at("JobBoard")
        approve = erc20.APPROVE.call(self.at("TestDollar"), spender=board, value=100 * DOLLARS)
        self.transact(researcher, approve)
        call = job_board.REQUEST.call(
            board,
            spec_digest=cid.digest_hex,
            request=self.on_chain_request(spec) | changes,
            max_escrow=100 * DOLLARS,
        )
        self.transact(researcher, call)
        return self.client.read(board, job_board.JOB_COUNT)

    def on_chain_request(self, spec: JobSpec) -> dict[str, Any]:
        """JobBoard's request struct for this spec, with a pass for each dataset."""
        wanted, now = request_of(spec), self.client.head().timestamp
        return {
            "dataset_ids": list(wanted.dataset_ids),
            "versions": list(wanted.versions),
            "pass_ids": [self.client.read(self.at("AccessPass"), access_pass.PASS_COUNT)],
            "parent_models": list(wanted.parent_models),
            "tasks": wanted.tasks,
            "algorithm": short_name(wanted.algorithm),
            "engine": short_name(wanted.engine),
            "qubits": wanted.qubits,
            "payment_token": self.at("TestDollar"),
            "pay_per_task": wanted.pay_per_task,
            "approve_by": now + HOUR,
            "claim_by": now + 2 * HOUR,
            "run_seconds": wanted.run_seconds,
        }

    def delegate_votes(self) -> None:
        member = self.people.member
        self.transact(member, vote_token.DELEGATE.call(self.at("VoteToken"), delegatee=member.address))
        self.pass_time(2)

    def approve_job(self, job_id: int) -> str:
        """Proposed, voted, queued and executed by the member; gives the transaction that approved."""
        digest = self.client.read(self.at("JobBoard"), job_board.GET_JOB, job_id=job_id)["spec_digest"]
        call = job_board.APPROVE.call(self.at("JobBoard"), job_id=job_id, spec_digest=digest)
        proposal = self.proposal_of([call], f"Approve job {job_id}")
        self.propose_and_vote(proposal)
        return self.queue_and_execute(proposal)

    def proposal_of(self, calls: list[Call], text: str) -> dict[str, Any]:
        return {
            "targets": [call.to for call in calls],
            "values": [call.value for call in calls],
            "calldatas": [call.data_hex for call in calls],
            "description": with_proposer(text, self.people.member.address),
        }

    def propose(self, proposal: dict[str, Any]) -> int:
        """Proposes; gives the proposal's id."""
        governor = self.at("CommonsGovernor")
        self.transact(self.people.member, commons_governor.PROPOSE.call(governor, **proposal))
        return self.client.read(governor, commons_governor.HASH_PROPOSAL, **_hashed(proposal))

    def propose_and_vote(self, proposal: dict[str, Any]) -> int:
        number = self.propose(proposal)
        self.pass_time(5)
        self.vote_for(number)
        self.pass_time(60)
        return number

    def carry_out(self, number: int) -> None:
        """Votes for a proposal that somebody proposed, queues and executes it."""
        row = Proposal.objects.get(pk=number)
        self.pass_time(5)
        self.vote_for(number)
        self.pass_time(60)
        self.queue_and_execute(
            {
                "targets": row.targets,
                "values": [int(value) for value in row.values_wei],
                "calldatas": row.calldatas,
                "description": row.description,
            }
        )

    def vote_for(self, number: int) -> None:
        vote = commons_governor.CAST_VOTE_WITH_REASON.call(
            self.at("CommonsGovernor"), proposalId=number, support=SUPPORT_FOR, reason="A clear question."
        )
        self.transact(self.people.member, vote)

    def queue_and_execute(self, proposal: dict[str, Any]) -> str:
        governor, anyone = self.at("CommonsGovernor"), self.people.stranger
        self.transact(anyone, commons_governor.QUEUE.call(governor, **_hashed(proposal)))
        self.pass_time(10)
        return self.transact(anyone, commons_governor.EXECUTE.call(governor, **_hashed(proposal)))

    def job(self, job_id: int) -> dict[str, Any]:
        """The job as the chain has it."""
        return self.client.read(self.at("JobBoard"), job_board.GET_JOB, job_id=job_id)


def _hashed(proposal: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in proposal.items() if name != "description"}
    return fields | {"descriptionHash": description_hash(proposal["description"])}


def only_run() -> Run:
    """The one run that there is."""
    return Run.objects.get()
