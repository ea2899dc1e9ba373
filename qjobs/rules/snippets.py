"""Pieces of code that read a job as its page does; each runs as it stands, without a package to install."""

import json
import shlex
from dataclasses import dataclass


@dataclass(frozen=True)
class Snippet:
    """`language` is what it is written in: a shell or Python."""

    name: str
    language: str
    code: str


def job_snippets(site_url: str, job_id: int, *, is_over: bool) -> list[Snippet]:
    """Reading the job; following it while it runs; fetching and checking its files once they are posted."""
    address = f"{site_url}/api/v1/jobs/{job_id}"
    found = [Snippet("Read it", "sh", shlex.join(("curl", "--fail", "--silent", address)))]
    if not is_over:
        follow = (
            "curl",
            "--no-buffer",
            "--silent",
            "--header",
            "Accept: text/event-stream",
            f"{address}/events",
        )
        found.append(Snippet("Follow it", "sh", shlex.join(follow)))
    return [*found, Snippet("Fetch and check its files", "python", _files(site_url, job_id))]


def _files(site_url: str, job_id: int) -> str:
    return f"""import hashlib
import json
from urllib.request import urlopen

site = {json.dumps(site_url)}
with urlopen(f"{{site}}/api/v1/jobs/{job_id}") as answer:
    job = json.load(answer)
print(job["state"], "-", job["sub_state"])
for file in job["files"]:
    with urlopen(f"{{site}}/ipfs/{{file['cid']}}") as answer:
        content = answer.read()
    assert hashlib.sha256(content).hexdigest() == file["sha256"].removeprefix("0x")
    print(file["name"], len(content), "bytes, hash checked")
if job["result"]:
    print(job["result"]["verdict"])"""
