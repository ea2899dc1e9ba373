"""manage.py measure_model: tries a published model on IBM's hardware, or on a fake backend of it."""

import json
import warnings
from argparse import SUPPRESS
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, get_args

from django.core.management.base import BaseCommand, CommandError, CommandParser
from pydantic import ValidationError
from threadpoolctl import threadpool_limits

from common.errors import QommonsError
from qjobs.algorithms.noise_evaluation.card import WORDS
from qjobs.algorithms.noise_evaluation.hardware import Attempt, Jobs, report, require_fit, send
from qjobs.algorithms.trials import posted_trial
from qjobs.auditing import job_facts, job_of_model
from qjobs.engines.ibm import ServiceAway, is_fake, open_backend, open_service, service_errors
from qjobs.engines.mitigation import (
    Decoupling,
    Extrapolator,
    Mitigation,
    MitigationIgnored,
    as_document,
    ignored_words,
)
from qjobs.engines.runtime_jobs import StillQueued, fetch, wait_for
from qjobs.engines.sessions import KINDS, MAX_SECONDS
from qjobs.management.sources import add_source_arguments, opened_sources
from qjobs.spec.noise import NoiseEvaluation
from qjobs.verification import RESULT_TASK
from qjobs.verification.published import PublishedModel, published_model

EXIT_QUEUED = 3
EXIT_INTERRUPTED = 130


class Command(BaseCommand):
    """Needs no database, and of private data nothing leaves: it refuses what is not public.

    What it sends outlives it: the ids of the jobs are printed, and `--job` reads them later.
    """

    help = "Measures a published model on IBM's hardware (token in QISKIT_IBM_TOKEN) or on a fake backend."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("model", type=int, help="number of the model token")
        parser.add_argument("--backend", required=True, help="such as ibm_torino, or fake_manila")
        parser.add_argument("--shots", type=int, default=1000, help="measurements of each circuit")
        parser.add_argument("--rows", type=int, default=8, help="of the training data, evenly picked")
        parser.add_argument("--seed", type=int, default=1, help="of the shots that are simulated here")
        parser.add_argument("--mode", choices=list(KINDS), default="batch", help="how the jobs run together")
        parser.add_argument(
            "--max-seconds", type=int, default=MAX_SECONDS, help="that the batch or session may be open"
        )
        parser.add_argument("--wait", type=float, help="seconds; without it as long as it takes")
        parser.add_argument(
            "--job", action="append", metavar="ID", help="reads a job that was sent before; once for each"
        )
        parser.add_argument("--yes", action="store_true", help="sends without asking")
        parser.add_argument("--json", action="store_true", help="one JSON document instead of a table")
        add_source_arguments(parser)
        _add_mitigation_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with threadpool_limits(limits=1), _own_words():
                self._measure(options)
        except QommonsError as error:
            raise CommandError(error.message) from error

    def _measure(self, options: dict[str, Any]) -> None:
        attempt = _attempt(options)
        jobs = self._fetched(attempt, options["job"]) if options["job"] else self._sent(attempt, options)
        self._wait(jobs, options["wait"])
        with service_errors():
            found = report(attempt, jobs)
        ids = {name: job.job_id() for name, job in jobs.items()}
        if options["json"]:
            asked = {"mitigation": as_document(attempt.mitigation), "is_simulated": is_fake(attempt.backend)}
            self.stdout.write(
                json.dumps({"model": options["model"], **asked, "jobs": ids, **found}, indent=2)
            )
        else:
            self.stdout.write(_table(found))

    def _sent(self, attempt: Attempt, options: dict[str, Any]) -> Jobs:
        backend = open_backend(attempt.backend)
        require_fit(attempt, backend)
        self.stderr.write(_plan(attempt, options))
        if not options["yes"] and not _is_agreed():
            raise CommandError("nothing was sent; --yes sends without asking")
        try:
            with service_errors():
                return send(attempt, backend, options["mode"], self._tell, max_seconds=options["max_seconds"])
        except KeyboardInterrupt:
            self.stderr.write(
                "interrupted while sending: the service was asked to cancel what has not begun; a job that "
                "runs goes on"
            )
            raise SystemExit(EXIT_INTERRUPTED) from None

    def _fetched(self, attempt: Attempt, ids: list[str]) -> Jobs:
        if is_fake(attempt.backend):
            raise CommandError("jobs of a fake backend run here and end with the command: none can be read")
        if len(ids) != len(attempt.names):
            named = ", ".join(attempt.names)
            raise CommandError(
                f"{len(attempt.names)} jobs are needed, in the order {named}: {len(ids)} given"
            )
        service = open_service()
        with service_errors():
            return {
                name: fetch(service, job_id, attempt.answer(name))
                for name, job_id in zip(attempt.names, ids, strict=True)
            }

    def _wait(self, jobs: Jobs, wait_seconds: float | None) -> None:
        again = " ".join(f"--job {job.job_id()}" for job in jobs.values())
        try:
            with service_errors():
                wait_for(list(jobs.values()), wait_seconds)
        except ServiceAway as error:
            raise CommandError(
                f"{error.message}; the same command with {again} reads the jobs later"
            ) from error
        except StillQueued:
            self.stderr.write(f"still queued; the same command with {again} reads them later")
            raise SystemExit(EXIT_QUEUED) from None
        except KeyboardInterrupt:
            self.stderr.write(f"the jobs go on; the same command with {again} reads them later")
            raise SystemExit(EXIT_INTERRUPTED) from None

    def _tell(self, name: str, job_id: str) -> None:
        self.stderr.write(f"sent {name}: job {job_id}")


def _add_mitigation_arguments(parser: CommandParser) -> None:
    group = parser.add_argument_group(
        "what the service is asked to do against errors; see docs/algorithms/hardware.md"
    )
    group.add_argument("--resilience-level", type=int, default=SUPPRESS)
    group.add_argument("--readout", action="store_true", default=SUPPRESS)
    group.add_argument("--noise-factors", type=float, nargs="+", default=SUPPRESS)
    group.add_argument("--extrapolator", choices=get_args(Extrapolator), default=SUPPRESS)
    group.add_argument("--decoupling", choices=get_args(Decoupling), default=SUPPRESS)
    group.add_argument("--twirl-gates", action="store_true", default=SUPPRESS)
    group.add_argument("--twirl-measurements", action="store_true", default=SUPPRESS)


def _mitigation(options: Mapping[str, Any]) -> Mitigation:
    asked = {each.name: options[each.name] for each in fields(Mitigation) if each.name in options}
    if "noise_factors" in asked:
        asked["noise_factors"] = tuple(asked["noise_factors"])
    return Mitigation(**asked)


def _attempt(options: dict[str, Any]) -> Attempt:
    mitigation = _mitigation(options)
    if options["max_seconds"] < 1:
        raise CommandError("--max-seconds: at least 1")
    try:
        asked = NoiseEvaluation(shots=options["shots"], rows=options["rows"])
    except ValidationError as error:
        said = "; ".join(f"--{each['loc'][0]}: {each['msg']}" for each in error.errors())
        raise CommandError(said) from error
    model = _published(options)
    trial = posted_trial(model.spec, asked, model.data, model.files)
    return Attempt(trial, options["backend"], asked.shots, options["seed"], mitigation)


def _published(options: dict[str, Any]) -> PublishedModel:
    client, board, source = opened_sources(options)
    job_id = job_of_model(client, board, options["model"])
    return published_model(job_facts(client, board, job_id, RESULT_TASK), source)


def _plan(attempt: Attempt, options: Mapping[str, Any]) -> str:
    """What would be sent, in words."""
    simulated = " (simulated here: nothing leaves this machine)" if is_fake(attempt.backend) else ""
    carried = "the model and the edges, values or terms of its dataset where it has one, which are public"
    if attempt.trial.rows:
        carried = f"the angles of {attempt.trial.rows} of the training rows, which are public"
    shots = attempt.runs * attempt.shots
    lines = [
        f"model {options['model']} on {attempt.backend}{simulated}: {len(attempt.names)} jobs in one "
        f"{options['mode']}, {attempt.runs} circuits of {attempt.trial.qubits} qubits, {attempt.shots} shots "
        f"each, {shots} together. They carry {carried}."
    ]
    if is_fake(attempt.backend):
        return "\n".join(lines + [ignored_words(attempt.mitigation)] * bool(attempt.mitigation.asked))
    return "\n".join(lines + _service_words(attempt.mitigation, options))


def _service_words(mitigation: Mitigation, options: Mapping[str, Any]) -> list[str]:
    """What hardware's service is told beside the circuits."""
    lines = [
        f"the {options['mode']} is closed after {options['max_seconds']} s at the latest, and what has not "
        "begun by then fails"
    ]
    asked = (mitigation if mitigation.corrects_values else mitigation.of_samples()).asked
    if asked:
        lines.append(f"the service is asked for {', '.join(asked)}")
    if mitigation.twirl_gates or mitigation.twirl_measurements:
        lines.append("it may run a few more shots of twirled circuits than asked: the first are counted")
    return lines


def _is_agreed() -> bool:
    try:
        return input("Send it? [y/N] ").strip().lower() in {"y", "yes"}
    except (EOFError, KeyboardInterrupt):
        return False


def _table(found: Mapping[str, Any]) -> str:
    lines = [f"{'evaluated':<62}{found['score']:>18}  {'interval':<20}{'mean error':>10}"]
    for name, each in found["values"].items():
        ends = each["interval"]
        interval = "" if ends is None else f"{ends[0]:.4f} to {ends[1]:.4f}"
        lines.append(f"{WORDS[name]:<62}{each['score']:>18.4f}  {interval:<20}{each['mean_error']:>10.4f}")
    lines.append(
        f"readings that were wrong: {found['readout_error']:.4f}; intervals: {found['interval_method']}"
    )
    return "\n".join(lines)


@contextmanager
def _own_words() -> Iterator[None]:
    """The plan says what a fake backend ignores; the library need not say it for every job."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MitigationIgnored)
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
