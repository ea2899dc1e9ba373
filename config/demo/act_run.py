"""Act three: the executor claims and trains, posts, the job settles, and everybody withdraws."""

from typing import Any

from django.core.management import call_command

from chain.bindings import data_market, job_board, test_dollar
from config.demo.narrator import DemoFailed
from config.demo.people import Cast
from config.demo.stage import Stage

RUN_WITHIN_SECONDS = 300
ENDED_BADLY = {"REFUSED", "LOST", "FAILED", "PAUSED"}


def train(stage: Stage, cast: Cast) -> None:
    """Follows the executor from the approval at depth to the posted result, event by event."""
    seen = 0
    said_state = ""

    def probe() -> dict | None:
        nonlocal seen, said_state
        job = cast.researcher.get(f"jobs/{stage.facts['job_id']}")
        if job["sub_state"] != said_state:
            said_state = job["sub_state"]
            stage.narrator.say(f"   executor: {said_state}")
        news = cast.researcher.get(f"jobs/{stage.facts['job_id']}/events", after=seen)
        for event in news["events"]:
            stage.narrator.say(f"      {event['stage']}: {event['message']}")
        seen = news["last"] or seen
        if job["run"] and job["run"]["state"] in ENDED_BADLY:
            raise DemoFailed(f"the run ended as {job['run']['state']}: {job['run']['reason']}")
        return job if job["state"] in {"window", "settled"} else None

    job = stage.shown("the result on chain", probe, timeout_seconds=RUN_WITHIN_SECONDS)
    task = job["task_runs"][0]
    claim_tx, result_tx = _tx(job, "TaskClaimed"), _tx(job, "ResultPosted")
    stage.gas_of("claim", "executor", f"claimed job {job['job_id']}", claim_tx)
    stage.gas_of("result", "executor", f"posted the result of job {job['job_id']}", result_tx)
    stage.facts |= {"result_tx": result_tx, "run_record_cid": task["run_record_cid"]}
    stage.narrator.say(
        f"      run record CID {task['run_record_cid']}\n      manifest CID {task['artefact_cid']}"
    )


def settle(stage: Stage, cast: Cast) -> None:
    """After the window one transaction mints the model to the requester and credits everybody."""

    def probe() -> dict | None:
        job = cast.researcher.get(f"jobs/{stage.facts['job_id']}")
        return job if job["state"] == "settled" and job["model_id"] else None

    job = stage.shown("the settlement", probe, timeout_seconds=90)
    settle_tx = _tx(job, "JobSettled")
    stage.gas_of("settle", "executor", f"settled job {job['job_id']}", settle_tx)
    model = cast.researcher.get(f"models/{job['model_id']}")
    if model["owner"] != cast.researcher.address:
        raise DemoFailed(f"model {job['model_id']} belongs to {model['owner']}, not to the researcher")
    stage.facts |= {
        "settle_tx": settle_tx,
        "model_token_id": model["token_id"],
        "model_cid": model["artefact_cid"],
        "result": job["result"],
    }
    for payout in job["payouts"]:
        stage.narrator.say(f"      credited {_dollars(payout['amount'])} to {payout['account']}")


def withdraw(stage: Stage, cast: Cast) -> None:
    """Payees withdraw their parts, the executor its pay; the treasury's credit is sent to it."""
    dollar = stage.deployment.address_of("TestDollar")
    executor = stage.client.read(
        stage.deployment.address_of("JobBoard"), job_board.GET_TASK, job_id=int(stage.facts["job_id"]), task=0
    )["executor"]
    treasury = stage.deployment.address_of("Timelock")
    people = {
        "provider": cast.provider.address,
        "contributor": cast.contributor.address,
        "executor": executor,
        "treasury": treasury,
    }
    before = {role: _balance(stage, dollar, address) for role, address in people.items()}
    owed = {role: _credit(stage, dollar, address) for role, address in people.items()}
    for user in (cast.provider, cast.contributor):
        for door, contract in (("market/withdrawals", "DataMarket"), ("jobs/withdrawals", "JobBoard")):
            if _credit(stage, dollar, user.address, contract):
                stage.send(user, "withdraw", user.post(door, {"token": dollar})["transaction"])
    call_command("withdraw_earnings", token=dollar, stdout=_Lines(stage))
    for contract in ("DataMarket", "JobBoard"):
        _send_to_treasury(stage, cast, contract, dollar, treasury)
    payouts: dict[str, int] = {}
    for role, address in people.items():
        received = _balance(stage, dollar, address) - before[role]
        if received != owed[role] or not received:
            raise DemoFailed(f"{role} was owed {_dollars(owed[role])} and received {_dollars(received)}")
        payouts[address] = received
        stage.narrator.say(f"      {role} received {_dollars(received)}")
    stage.facts["payouts"] = payouts


def _send_to_treasury(stage: Stage, cast: Cast, contract: str, dollar: str, treasury: str) -> None:
    binding = {"DataMarket": data_market, "JobBoard": job_board}[contract]
    if not _credit(stage, dollar, treasury, contract):
        return
    call = binding.WITHDRAW_FOR.call(to=stage.deployment.address_of(contract), account=treasury, token=dollar)
    prepared = {
        "to": call.to,
        "data": "0x" + bytes(call.data).hex(),
        "value": "0",
        "summary": f"Send the treasury its credit at {contract}",
    }
    stage.send(cast.members[0], "withdraw", prepared)


def _credit(stage: Stage, token: str, account: str, contract: str | None = None) -> int:
    """What the contracts owe the account, in base units."""
    total = 0
    for name, binding in (("DataMarket", data_market), ("JobBoard", job_board)):
        if contract in {None, name}:
            board = stage.deployment.address_of(name)
            total += stage.client.read(board, binding.CREDIT_OF, account=account, token=token)
    return total


def _balance(stage: Stage, token: str, account: str) -> int:
    return stage.client.read(token, test_dollar.BALANCE_OF, account=account)


def _tx(job: dict[str, Any], event: str) -> str:
    return next(row["tx_hash"] for row in job["history"] if row["event"] == event)


def _dollars(units: int | str) -> str:
    return f"{int(units) / 1_000_000:,.6f}".rstrip("0").rstrip(".") + " TUSD"


class _Lines:
    """A stream that lets a command speak through the narrator."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def write(self, text: str) -> None:
        if text.strip():
            self._stage.narrator.say(f"   executor: {text.strip()}")

    def flush(self) -> None:
        """Nothing is held back."""
