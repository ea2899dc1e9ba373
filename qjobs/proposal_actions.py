"""What jobs can propose: run one, admit or remove an executor, change the limits of jobs."""

from collections.abc import Sequence

from chain.bindings import executor_registry, job_board
from chain.deployments import address_of
from common.errors import InvalidInput
from common.moments import duration_text
from governance.rules.answers import account, base_units, whole_number
from governance.rules.kinds import (
    Act,
    ActionKind,
    Answers,
    Change,
    Choice,
    Draft,
    FormField,
    Parameter,
    Reader,
)
from marketplace.proposal_actions import read_percent, write_basis_points
from qjobs.models import Job
from qjobs.selectors.dispute_terms import stake_token
from qjobs.selectors.jobs import approval_call

MAX_JOB = 10**18
MAX_RECIPIENT_CHARACTERS = 128
SIGNING_KEY_PATTERN = "0x[0-9a-fA-F]{64}"


def _job_fields() -> Sequence[FormField]:
    return (FormField("job", "Job", hint="Its number, as its page shows it.", pattern="[0-9]+"),)


def _job_draft(answers: Answers) -> Draft:
    number = whole_number(answers, "job")
    job = Job.objects.filter(pk=number).first() if number < MAX_JOB else None
    if job is None:
        raise InvalidInput(f"There is no job {number}.", field="job")
    if job.state != Job.State.REQUESTED:
        raise InvalidInput(
            f"Job {number} is {job.get_state_display()}; there is nothing to vote on.", field="job"
        )
    return Draft((approval_call(job),), f"Run job {number}")


def _admit_fields() -> Sequence[FormField]:
    roles = (Choice("no", "runs jobs"), Choice("yes", "verifier: may also attest in disputes"))
    return (
        FormField("executor", "Executor", hint="Its address.", pattern="0x[0-9a-fA-F]{40}"),
        FormField("verifier", "Role", choices=roles),
        FormField(
            "signing_key",
            "Ed25519 signing key",
            hint="What `manage.py executor_keys` prints.",
            pattern=SIGNING_KEY_PATTERN,
        ),
        FormField("age_recipient", "age recipient", hint="For private data.", is_optional=True),
    )


def _admit_draft(answers: Answers) -> Draft:
    executor = account(answers, "executor")
    key = answers["signing_key"].strip().lower()
    if len(key) != 66 or not key.startswith("0x") or not _is_hex(key[2:]) or not int(key, 16):
        raise InvalidInput("A signing key is 0x and 64 hex digits, not all zero.", field="signing_key")
    recipient = answers.get("age_recipient", "").strip()
    if not recipient.isascii() or len(recipient) > MAX_RECIPIENT_CHARACTERS:
        raise InvalidInput(
            f"A recipient has at most {MAX_RECIPIENT_CHARACTERS} plain letters.", field="age_recipient"
        )
    call = executor_registry.ADMIT.call(
        address_of("ExecutorRegistry"),
        executor=executor,
        is_verifier=answers["verifier"] == "yes",
        signing_key=key,
        age_recipient="0x" + recipient.encode().hex(),
    )
    return Draft((call,), f"Admit {executor} as an executor")


def _slash_fields() -> Sequence[FormField]:
    token = stake_token()
    return (
        FormField("executor", "Whose stake", hint="Its address.", pattern="0x[0-9a-fA-F]{40}"),
        FormField(
            "amount",
            f"How much, in {token.symbol or 'the stake token'}",
            hint="No more than there is, is taken; also of what is leaving.",
            pattern=r"[0-9]+(\.[0-9]+)?",
        ),
        FormField("beneficiary", "To whom", hint="An address.", pattern="0x[0-9a-fA-F]{40}"),
    )


def _slash_draft(answers: Answers) -> Draft:
    executor, beneficiary = account(answers, "executor"), account(answers, "beneficiary")
    token = stake_token()
    if token.decimals is None:
        raise InvalidInput("The token does not say its decimals now. Try again later.", field="amount")
    units = base_units(answers["amount"], token.decimals, field="amount")
    if units == 0:
        raise InvalidInput("Take more than nothing.", field="amount")
    call = executor_registry.SLASH.call(
        address_of("ExecutorRegistry"), executor=executor, amount=units, beneficiary=beneficiary
    )
    return Draft((call,), _slash_words(executor, units, beneficiary))


def _slash_words(executor: str, units: int, beneficiary: str) -> str:
    return f"Take up to {stake_token().text(units)} of the stake of {executor} for {beneficiary}"


def _slash_changes(act: Act, reader: Reader) -> Sequence[Change]:
    executor, token = act.args["executor"], stake_token()
    staked = reader.client.read(act.target, executor_registry.STAKE_OF, executor=executor)
    leaving = reader.client.read(act.target, executor_registry.LEAVING_OF, executor=executor)
    taken = min(act.args["amount"], staked + leaving)
    from_stake = min(taken, staked)
    changes = [Change(f"Stake of {executor}", token.text(staked), token.text(staked - from_stake))]
    if leaving:
        changes.append(Change("Leaving", token.text(leaving), token.text(leaving - (taken - from_stake))))
    return (*changes, Change(f"Credited to {act.args['beneficiary']}", token.text(0), token.text(taken)))


def _is_hex(text: str) -> bool:
    return all(character in "0123456789abcdef" for character in text)


def _remove_fields() -> Sequence[FormField]:
    return (FormField("executor", "Executor", hint="Its address.", pattern="0x[0-9a-fA-F]{40}"),)


def _remove_draft(answers: Answers) -> Draft:
    executor = account(answers, "executor")
    call = executor_registry.REMOVE.call(address_of("ExecutorRegistry"), executor=executor)
    return Draft((call,), f"Remove the executor {executor}")


def _admit_sentence(act: Act) -> str:
    role = " and verifier" if act.args["is_verifier"] else ""
    return f"Admit {act.args['executor']} as an executor{role}"


def _approval_changes(act: Act, reader: Reader) -> Sequence[Change]:
    job = reader.client.read(act.target, job_board.GET_JOB, job_id=act.args["job_id"])
    before = Job.State(job["state"]).label if job["state"] in set(Job.State) else "not requested"
    return (Change(f"Job {act.args['job_id']}", before, "approved: an executor may claim it"),)


def _executor_changes(act: Act, reader: Reader) -> Sequence[Change]:
    executor = act.args["executor"]
    is_admitted = reader.client.read(act.target, executor_registry.IS_EXECUTOR, executor=executor)
    count = reader.client.read(act.target, executor_registry.EXECUTOR_COUNT)
    will_be = act.function == "admit"
    words = {True: "an executor", False: "not an executor"}
    return (
        Change(executor, words[is_admitted], words[will_be]),
        Change("Executors in all", str(count), str(count + will_be - is_admitted)),
    )


def _read_count(text: str) -> int:
    return base_units(text, 0, field="value")


KINDS = (
    ActionKind(
        "job",
        "Run a job",
        "Approves a requested job, exactly as its document says. Its own page can propose it too.",
        _job_fields,
        _job_draft,
    ),
    ActionKind(
        "executor",
        "Admit an executor",
        "Who is admitted may claim approved jobs and is paid for them.",
        _admit_fields,
        _admit_draft,
    ),
    ActionKind(
        "remove-executor",
        "Remove an executor",
        "It claims nothing more. What it has claimed already runs to its deadline.",
        _remove_fields,
        _remove_draft,
    ),
    ActionKind(
        "slash",
        "Take from a stake",
        "What an executor or verifier loses by a vote, and who gets it. A lost dispute takes by itself.",
        _slash_fields,
        _slash_draft,
    ),
)
SENTENCES = {
    ("ExecutorRegistry", "slash"): lambda act: _slash_words(
        act.args["executor"], act.args["amount"], act.args["beneficiary"]
    ),
    ("JobBoard", "approve"): lambda act: (
        f"Approve job {act.args['job_id']} to run, exactly as the spec with digest "
        f"{act.args['spec_digest']} says"
    ),
    ("ExecutorRegistry", "admit"): _admit_sentence,
    ("ExecutorRegistry", "remove"): lambda act: f"Remove the executor {act.args['executor']}",
}
CHANGES = {
    ("ExecutorRegistry", "slash"): _slash_changes,
    ("JobBoard", "approve"): _approval_changes,
    ("ExecutorRegistry", "admit"): _executor_changes,
    ("ExecutorRegistry", "remove"): _executor_changes,
}
PARAMETERS = (
    Parameter(
        "job_fee_bps",
        "the fee on jobs",
        "per cent of the pay",
        write_basis_points,
        read_percent,
        bounds="0 to 10 %",
    ),
    Parameter(
        "max_qubits",
        "the largest circuit",
        "qubits",
        lambda value: f"{value} qubits",
        _read_count,
        bounds="1 to 64 qubits",
    ),
    Parameter(
        "max_run_seconds",
        "the longest run",
        "seconds",
        duration_text,
        _read_count,
        bounds="1 second to 30 days",
    ),
    Parameter(
        "max_escrow",
        "the largest escrow of a job",
        "base units of its token; 0 for no limit",
        lambda value: f"{value:,} base units" if value else "no limit",
        _read_count,
        bounds="any",
    ),
    Parameter(
        "verifier_quorum",
        "the attestations that decide a dispute",
        "verifiers",
        lambda value: f"{value} attestations",
        _read_count,
        bounds="0 to 64",
    ),
)
