"""Prepares the request of a job with its escrow; the requester's wallet signs and sends it."""

from dataclasses import dataclass
from typing import Any

from chain.abi import short_name
from chain.accounts import checksum, recover_typed_data, split_signature
from chain.bindings import erc20, job_board
from chain.client import PAGE_TIMEOUT_SECONDS, ChainClient, client
from chain.deployments import Deployment, current
from chain.prepared import Detail, PreparedTransaction, prepare_call
from chain.typed_data import permit
from common.errors import Conflict, InvalidInput
from common.moments import moment_text
from marketplace.tokens import Token, token_at
from qjobs.errors import NotOnTheList
from qjobs.models import SpecDocument
from qjobs.rules.deadlines import Deadlines
from qjobs.selectors.board import Board
from qjobs.selectors.parents import require_own_parents
from qjobs.selectors.passes import passes_for
from qjobs.selectors.specs import find_spec
from qjobs.spec import JobSpec, build_spec, request_of

PERMIT_SECONDS = 1200


@dataclass(frozen=True)
class Quote:
    """What the requester would pay in, in base units of `token`."""

    pay: int
    data_fees: int
    treasury_fee: int
    token: Token

    @property
    def escrow(self) -> int:
        return self.pay + self.data_fees + self.treasury_fee


@dataclass(frozen=True)
class Permit:
    """The requester's signature over the permit that was offered."""

    deadline: int
    signature: str


@dataclass(frozen=True)
class Wish:
    """What the requester asks for: which pinned spec, with which passes (none: the best), until when."""

    requester: str
    spec_digest: str
    pass_ids: tuple[int, ...]
    deadlines: Deadlines


@dataclass(frozen=True)
class JobOffer:
    """What the page shows before the wallet opens; `typed_data` where a permit has yet to be signed."""

    quote: Quote
    deadlines: Deadlines
    pass_ids: tuple[int, ...]
    typed_data: dict[str, Any] | None = None
    permit_deadline: int | None = None
    approval: PreparedTransaction | None = None
    transaction: PreparedTransaction | None = None


class _Request:
    """One request in the making: the spec, the requester, and the fields that go on chain."""

    def __init__(self, wish: Wish) -> None:
        self.document: SpecDocument = find_spec(wish.spec_digest)
        self.spec: JobSpec = build_spec(self.document.spec)
        self.requester = wish.requester
        self.deadlines = wish.deadlines
        require_own_parents(self.spec.parent_models, wish.requester)
        self.pass_ids = passes_for(self.spec, wish.requester, wish.pass_ids)
        self.node: ChainClient = client(PAGE_TIMEOUT_SECONDS)
        self.deployment: Deployment = current()
        self.board = self.deployment.address_of("JobBoard")
        self.token = checksum(self.spec.budget.payment_token)

    def on_chain(self) -> dict[str, Any]:
        """JobBoard's Request struct: what the chain repeats of the spec, and what the requester chose."""
        wanted = request_of(self.spec)
        return {
            "dataset_ids": list(wanted.dataset_ids),
            "versions": list(wanted.versions),
            "pass_ids": list(self.pass_ids),
            "parent_models": list(wanted.parent_models),
            "tasks": wanted.tasks,
            "algorithm": short_name(wanted.algorithm),
            "engine": short_name(wanted.engine),
            "qubits": wanted.qubits,
            "payment_token": self.token,
            "pay_per_task": wanted.pay_per_task,
            "approve_by": self.deadlines.approve_by,
            "claim_by": self.deadlines.claim_by,
            "run_seconds": wanted.run_seconds,
        }

    def quote(self) -> Quote:
        """The escrow with the fees now in force, asked of JobBoard itself."""
        pay, data_fees, treasury_fee = self.node.read(
            self.board, job_board.QUOTE_ESCROW, request=self.on_chain()
        )
        return Quote(pay, data_fees, treasury_fee, token_at(self.token))

    def check_lists(self) -> None:
        """Raises NotOnTheList for an engine or algorithm that JobBoard would refuse after the signature."""
        board = Board(self.node, self.board)
        for kind, item in (("algorithm", self.spec.algorithm.name), ("engine", self.spec.engine)):
            if not board.is_allowed(kind, item):
                raise NotOnTheList(kind, item)

    def check_funds(self, quote: Quote) -> None:
        balance = self.node.read(self.token, erc20.BALANCE_OF, account=self.requester)
        if balance < quote.escrow:
            raise Conflict(
                f"The escrow is {quote.token.text(quote.escrow)} and this wallet holds "
                f"{quote.token.text(balance)}.",
                code="not_enough_funds",
            )

    def permit_message(self, quote: Quote, deadline: int) -> dict[str, Any]:
        """The permit by which JobBoard may take exactly the escrow."""
        return permit(
            token=self.token,
            owner=self.requester,
            spender=self.board,
            value=quote.escrow,
            nonce=self.node.read(self.token, erc20.NONCES, owner=self.requester),
            deadline=deadline,
            name=self.node.read(self.token, erc20.NAME),
            chain_id=self.deployment.chain_id,
        )

    def prepared(self, quote: Quote, signed: Permit | None) -> PreparedTransaction:
        """The request as a transaction; with a permit, the spending right comes in the same one."""
        summary = f"Request job: {self.spec.title or self.spec.algorithm.name}"
        args: dict[str, Any] = {
            "spec_digest": self.document.digest,
            "request": self.on_chain(),
            "max_escrow": quote.escrow,
        }
        function = job_board.REQUEST
        if signed is not None:
            function = job_board.REQUEST_WITH_PERMIT
            v, r, s = split_signature(signed.signature)
            args |= {"deadline": signed.deadline, "v": v, "r": r, "s": s}
        return prepare_call(
            function.call(self.board, **args),
            summary=summary,
            details=self._details(quote),
            chain_id=self.deployment.chain_id,
        )

    def _details(self, quote: Quote) -> list[tuple[str, str] | Detail]:
        datasets = ", ".join(f"{one.token_id} version {one.version}" for one in self.spec.datasets)
        return [
            ("Spec", self.document.digest),
            ("Datasets", datasets),
            ("Algorithm", f"{self.spec.algorithm.name} on {self.spec.engine}, {self.spec.qubits} qubits"),
            quote.token.detail("Pay to the executor", quote.pay),
            quote.token.detail("Data fees", quote.data_fees),
            quote.token.detail("Treasury fee", quote.treasury_fee),
            quote.token.detail("Escrow in all", quote.escrow),
            ("Members must approve by", moment_text(self.deadlines.approve_by)),
            ("An executor must claim by", moment_text(self.deadlines.claim_by)),
        ]


def offer_with_permit(wish: Wish, *, now: int) -> JobOffer:
    """The quote, and the permit for exactly the escrow that the requester should sign."""
    request = _Request(wish)
    request.check_lists()
    quote = request.quote()
    request.check_funds(quote)
    deadline = now + PERMIT_SECONDS
    typed_data = request.permit_message(quote, deadline)
    return JobOffer(quote, wish.deadlines, request.pass_ids, typed_data=typed_data, permit_deadline=deadline)


def request_with_permit(wish: Wish, signed: Permit) -> JobOffer:
    """The transaction that requests the job with a signed permit."""
    request = _Request(wish)
    request.check_lists()
    quote = request.quote()
    request.check_funds(quote)
    if recover_typed_data(request.permit_message(quote, signed.deadline), signed.signature) != wish.requester:
        raise InvalidInput(
            "The permit is not this wallet's, or not for the escrow of now. Sign the newly offered one.",
            field="permit.signature",
        )
    return JobOffer(quote, wish.deadlines, request.pass_ids, transaction=request.prepared(quote, signed))


def request_with_approval(wish: Wish) -> JobOffer:
    """The transaction that requests the job; before it an exact approval where the allowance is too small."""
    request = _Request(wish)
    request.check_lists()
    quote = request.quote()
    request.check_funds(quote)
    allowance = request.node.read(request.token, erc20.ALLOWANCE, owner=wish.requester, spender=request.board)
    approval = None
    if allowance < quote.escrow:
        approval = prepare_call(
            erc20.APPROVE.call(request.token, spender=request.board, value=quote.escrow),
            summary=f"Let JobBoard take exactly {quote.token.text(quote.escrow)} into escrow",
            chain_id=request.deployment.chain_id,
            details=[
                ("Token", request.token),
                ("Spender", request.board),
                quote.token.detail("Amount", quote.escrow),
            ],
        )
    return JobOffer(
        quote, wish.deadlines, request.pass_ids, approval=approval, transaction=request.prepared(quote, None)
    )


def check_payment(payment: str) -> None:
    """Raises InvalidInput for a way of paying that there is not."""
    if payment not in {"permit", "approve"}:
        raise InvalidInput('payment is "permit" or "approve"', field="payment")
