"""manage.py verify: re-checks a job or a model from a node and an IPFS source; never from our database."""

import json
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from threadpoolctl import threadpool_limits

from common.errors import QommonsError
from qjobs.auditing import dataset_versions, job_facts, job_of_model
from qjobs.management.sources import add_source_arguments, opened_sources
from qjobs.verification import RESULT_TASK, Auditor, Check, Report, verify_job, verify_use
from qjobs.verification.private import RELEASED_ENDING
from storage.age.key_file import read_identities

EXIT_CODES = {"MATCH": 0, "MISMATCH": 1, "CANNOT_CHECK": 2}
DATASET_PREFIX = "dataset-"


class Command(BaseCommand):
    """Says MATCH, MISMATCH (naming the fields) or CANNOT CHECK (naming what is missing); exits 0, 1 or 2."""

    help = "Re-checks a job or a model from the chain and IPFS alone."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("subject", choices=["job", "model"])
        parser.add_argument("number", type=int)
        add_source_arguments(parser)
        parser.add_argument(
            "--files", type=Path, help="folder of copies to judge in place of the posted files"
        )
        parser.add_argument(
            "--key-file", type=Path, help="your age identities, for private data that was released to you"
        )
        parser.add_argument(
            "--used",
            type=_version,
            metavar="DATASET@VERSION",
            help="check only that this version was used, and no other; neither data nor training is needed",
        )
        parser.add_argument(
            "--task", type=int, default=RESULT_TASK, help="which task's result; the model is of task 0"
        )
        parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options["json"]
        try:
            report = self._report(options, on_check=_silent if as_json else self._say)
        except QommonsError as error:
            self._give_up(error.message, as_json)
        if as_json:
            self.stdout.write(json.dumps(_document(report), indent=2, ensure_ascii=False))
        else:
            self.stdout.write(_last_line(report))
        if EXIT_CODES[report.verdict]:
            raise SystemExit(EXIT_CODES[report.verdict])

    def _report(self, options: dict[str, Any], *, on_check) -> Report:
        client, board, source = opened_sources(options)
        number = options["number"]
        job_id = number if options["subject"] == "job" else job_of_model(client, board, number)
        facts = job_facts(client, board, job_id, options["task"])
        if options["used"]:
            token_id, version = options["used"]
            versions = {each.version: each for each in dataset_versions(client, board, token_id, version)}
            return verify_use(facts, source, versions.pop(version), list(versions.values()), on_check)
        copies = {} if options["files"] is None else _copies_in(options["files"])
        auditor = _auditor(options["key_file"], options["files"])
        with threadpool_limits(limits=1):
            return verify_job(facts, source, copies, on_check, auditor)

    def _say(self, check: Check) -> None:
        self.stdout.write(str(check))

    def _give_up(self, message: str, as_json: bool) -> None:
        """What stops us before the first check is something that is missing, not something that is wrong."""
        if as_json:
            self.stdout.write(
                json.dumps({"verdict": "CANNOT_CHECK", "mismatches": [], "missing": [message], "checks": []})
            )
        else:
            self.stdout.write(f"CANNOT CHECK: {message}")
        raise SystemExit(EXIT_CODES["CANNOT_CHECK"])


def _version(text: str) -> tuple[int, int]:
    """A dataset and its version, as 3@2."""
    dataset, at, version = text.partition("@")
    if not (at and dataset.isdecimal() and version.isdecimal()):
        raise ArgumentTypeError("name them as DATASET@VERSION, such as 3@2")
    return int(dataset), int(version)


def _copies_in(folder: Path) -> dict[str, Path]:
    """The copies by the names that the verification knows: dataset-<token id>.csv stands for that dataset."""
    if not folder.is_dir():
        raise CommandError(f"{folder} is no folder")
    copies = {}
    for file in sorted(folder.iterdir()):
        if file.suffix == RELEASED_ENDING:
            continue
        if file.name.startswith(DATASET_PREFIX):
            copies[f"dataset:{file.stem.removeprefix(DATASET_PREFIX)}"] = file
        elif file.is_file():
            copies[file.name] = file
    return copies


def _auditor(key_file: Path | None, folder: Path | None) -> Auditor:
    """Who checks: with identities of its own, the .age files in the folder are what was released to it."""
    if key_file is None:
        return Auditor()
    datasets, files = {}, {}
    for file in sorted(folder.glob(f"*{RELEASED_ENDING}")) if folder else ():
        number = file.stem.removeprefix(DATASET_PREFIX)
        if file.stem != number and number.isdigit():
            datasets[int(number)] = file
        else:
            files[file.stem] = file
    return Auditor(tuple(read_identities(key_file)), datasets, files)


def _document(report: Report) -> dict[str, Any]:
    return {
        **report.as_json(),
        "mismatches": [check.field for check in report.mismatches],
        "missing": [check.field for check in report.missing],
    }


def _last_line(report: Report) -> str:
    if report.verdict == "MATCH":
        return "MATCH"
    if report.verdict == "MISMATCH":
        return f"MISMATCH: {', '.join(check.field for check in report.mismatches)}"
    missing = (f"{check.field} ({check.note})" if check.note else check.field for check in report.missing)
    return f"CANNOT CHECK: {', '.join(missing)}"


def _silent(check: Check) -> None:
    """The JSON document tells all checks at its end."""
