"""First program of a run: gives up rights, says which, and becomes the program that does the work.

`python -m qjobs.runner.child '{"entry": [...], "readable": [...], "writable": [...], "limits": {...}, ...}'`
Nothing here may start a thread: a second one would keep the process out of a new user namespace.
"""

import json
import os
import sys
from typing import Any

from common.isolation.calls import forbid_calls
from common.isolation.rights import (
    cut_network,
    forbid_new_rights,
    limit_processes,
    limit_resources,
    restrict_files,
)


def give_up_rights(order: dict[str, Any]) -> list[str]:
    """The layers that hold from now on. Namespaces come first: the later layers forbid making them."""
    layers = []
    if cut_network():
        layers.append("network")
        limit_processes()
    forbid_new_rights()
    limit_resources(**order["limits"])
    if restrict_files(order["readable"], order["writable"]):
        layers.append("files")
    if forbid_calls():
        layers.append("processes")
    return layers


def main() -> None:
    order = json.loads(sys.argv[1])
    layers = give_up_rights(order)
    sys.stdout.write(json.dumps({"event": "isolated", "layers": layers}) + "\n")
    sys.stdout.flush()
    missing = sorted(set(order["required"]) - set(layers))
    if missing:
        message = f"this machine cannot keep private data in: {', '.join(missing)} cannot be closed"
        sys.stdout.write(json.dumps({"event": "refused", "code": "not_isolated", "message": message}) + "\n")
    elif order["entry"]:
        os.execv(sys.executable, [sys.executable, "-s", "-m", *order["entry"]])  # noqa: S606 (no shell is meant)


if __name__ == "__main__":
    main()
