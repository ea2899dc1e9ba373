"""The command by which anybody checks a result without this site's database."""

import shlex

from django.conf import settings

from chain.deployments import address_of


def verify_command(kind: str, number: int) -> str:
    """`manage.py verify` over this site's blocks; the address of a node that is not local is left open."""
    rpc_url = settings.CHAIN_RPC_URL if settings.IS_LOCAL_CHAIN else "RPC_URL"
    words = [".venv/bin/python", "manage.py", "verify", kind, str(number), "--rpc", rpc_url]
    words += ["--ipfs", settings.SITE_URL, "--board", address_of("JobBoard")]
    return shlex.join(words)
