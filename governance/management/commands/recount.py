"""manage.py recount: counts a vote again from a node's events; never from our database."""

import json
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from chain.client import ChainClient
from chain.deployments import current, read_deployment
from common.errors import QommonsError, Unavailable
from governance.recounting import ABSTAIN, AGAINST, FOR, Recount, Recounter

EXIT_CODES = {"MATCH": 0, "MISMATCH": 1, "CANNOT_CHECK": 2}
SITE_SECONDS = 30
SUPPORT_WORDS = {FOR: "for", AGAINST: "against", ABSTAIN: "abstain"}


class Command(BaseCommand):
    """Says MATCH, MISMATCH (naming the numbers) or CANNOT CHECK; exits 0, 1 or 2."""

    help = "Counts the votes on a proposal again from the chain's events alone."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("proposal", type=int)
        parser.add_argument("--rpc", help="URL of any node of the chain")
        parser.add_argument("--deployment", type=Path, help="deployment file that names the contracts")
        parser.add_argument("--site", help="address of a site whose numbers are compared too")
        parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        path, number = options["deployment"], options["proposal"]
        try:
            deployment = current() if path is None else read_deployment(path)
            recounter = Recounter(
                ChainClient(options["rpc"] or settings.CHAIN_RPC_URL, deployment.chain_id), deployment
            )
            recount = recounter.recount(number)
            told = {"governor": recounter.told_by_governor(recount)}
            if options["site"]:
                told["site"] = told_by_site(options["site"], number)
        except QommonsError as error:
            self._end("CANNOT_CHECK", options["json"], {"missing": error.message})
            return
        counted = counted_numbers(recount)
        wrong = [
            f"{who}: {name} is {said[name]}, counted {counted[name]}"
            for who, said in told.items()
            for name in said
            if said[name] != counted[name]
        ]
        wrong += [
            f"{ballot.voter} voted with {ballot.weight}, had {ballot.weighed} at the snapshot"
            for ballot in recount.ballots
            if ballot.weight != ballot.weighed
        ]
        findings = {"counted": counted, "told": told, "differences": wrong, **_scene(recount)}
        self._end("MISMATCH" if wrong else "MATCH", options["json"], findings)

    def _end(self, verdict: str, as_json: bool, findings: dict[str, Any]) -> None:
        if as_json:
            self.stdout.write(json.dumps({"verdict": verdict, **findings}, indent=2))
        else:
            self._say(verdict, findings)
        if EXIT_CODES[verdict]:
            raise SystemExit(EXIT_CODES[verdict])

    def _say(self, verdict: str, findings: dict[str, Any]) -> None:
        if "missing" in findings:
            self.stdout.write(f"CANNOT CHECK: {findings['missing']}")
            return
        self.stdout.write(f"{findings['voters']} votes read from events up to block {findings['block']}")
        for name, number in findings["counted"].items():
            self.stdout.write(f"  {name:<8} {number}")
        for line in findings["differences"]:
            self.stdout.write(f"  differs: {line}")
        compared = " and ".join(findings["told"])
        self.stdout.write(f"{verdict} with {compared}")


def counted_numbers(recount: Recount) -> dict[str, str]:
    """What was counted, by the names that the Governor's and the site's numbers have."""
    sums = {word: str(recount.total(support)) for support, word in SUPPORT_WORDS.items()}
    return {**sums, "quorum": str(recount.quorum), "state": recount.state.value}


def told_by_site(site: str, proposal_id: int) -> dict[str, str]:
    """What a site's API says of the proposal; raises Unavailable."""
    url = f"{site.rstrip('/')}/api/v1/proposals/{proposal_id}"
    try:
        answer = requests.get(url, timeout=SITE_SECONDS)
        answer.raise_for_status()
        document = answer.json()
        votes = document["votes"]
        sums = {name: str(votes[name]) for name in (*SUPPORT_WORDS.values(), "quorum")}
        return {**sums, "state": str(document["state"])}
    except (requests.RequestException, KeyError, ValueError, TypeError) as error:
        raise Unavailable(f"the site does not tell its numbers: {type(error).__name__}") from error


def _scene(recount: Recount) -> dict[str, Any]:
    return {"block": recount.block, "voters": len(recount.ballots), "snapshot_at": recount.snapshot_at}
