"""The chain repeats a few fields of a spec; here they are held against each other."""

from dataclasses import dataclass, fields

from qjobs.spec.document import JobSpec


@dataclass(frozen=True)
class OnChainRequest:
    """What `JobBoard.request` repeats of a spec, immutably. Amounts in base units; names as plain text."""

    dataset_ids: tuple[int, ...]
    versions: tuple[int, ...]
    parent_models: tuple[int, ...]
    tasks: int
    algorithm: str
    engine: str
    qubits: int
    payment_token: str
    pay_per_task: int
    run_seconds: int


@dataclass(frozen=True)
class Difference:
    """One field in which the request on chain is not what the spec says."""

    field: str
    spec_value: str
    chain_value: str

    def __str__(self) -> str:
        return f"{self.field}: the spec says {self.spec_value}, the chain says {self.chain_value}"


def request_of(spec: JobSpec) -> OnChainRequest:
    """The request that goes on chain beside this spec."""
    return OnChainRequest(
        dataset_ids=tuple(dataset.token_id for dataset in spec.datasets),
        versions=tuple(dataset.version for dataset in spec.datasets),
        parent_models=tuple(spec.parent_models),
        tasks=spec.tasks,
        algorithm=spec.algorithm.name,
        engine=spec.engine,
        qubits=spec.qubits,
        payment_token=spec.budget.payment_token,
        pay_per_task=spec.budget.pay_per_task,
        run_seconds=spec.limits.run_seconds,
    )


def differences(spec: JobSpec, request: OnChainRequest) -> list[Difference]:
    """Every field in which the two differ; empty when the request is truly for this spec.

    Chain id, token contract and content CIDs are not in the request: `verify_job` holds those against the
    chain.
    """
    wanted = request_of(spec)
    found = []
    for field in fields(OnChainRequest):
        spec_value, chain_value = (
            _in_words(getattr(wanted, field.name)),
            _in_words(getattr(request, field.name)),
        )
        if spec_value != chain_value:
            found.append(Difference(field.name, spec_value, chain_value))
    return found


def _in_words(value: object) -> str:
    if isinstance(value, tuple | list):
        return "[" + ", ".join(str(each) for each in value) + "]"
    text = str(value)
    return text.lower() if text.startswith(("0x", "0X")) else text
