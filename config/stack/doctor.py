"""Says what the stack uses, what answers and what is wrong; speaks also where nothing is set up yet.

`python3 -m config.stack.doctor` needs no package; `manage.py doctor` says the same inside the app.
"""

import os
import sys
from collections.abc import Callable, Mapping, Sequence

from config.stack import doctor_parts, doctor_setup
from config.stack.findings import Finding
from config.stack.layout import Layout, layout_of

Check = Callable[[Layout, Mapping[str, str]], Finding]

SETUP: tuple[Check, ...] = (
    doctor_setup.python_version,
    doctor_setup.app_environment,
    doctor_setup.contract_tools,
    doctor_setup.node_version,
    doctor_setup.npm_packages,
    doctor_setup.compiled_contracts,
    doctor_setup.disk,
    doctor_setup.keys_privacy,
    doctor_setup.job_isolation,
)
PARTS: tuple[Check, ...] = (
    doctor_parts.stack,
    doctor_parts.database,
    doctor_parts.queue,
    doctor_parts.chain,
    doctor_parts.content,
)
EVERYTHING = SETUP + PARTS
# `up` asks all but whether it runs itself.
BEFORE_START = SETUP + PARTS[1:]


def examine(
    layout: Layout, environ: Mapping[str, str], checks: Sequence[Check] = EVERYTHING
) -> list[Finding]:
    """What each check says, in order."""
    return [check(layout, environ) for check in checks]


def report(layout: Layout, environ: Mapping[str, str]) -> int:
    """Prints every finding and a verdict; 1 when something that is needed is broken."""
    findings = examine(layout, environ)
    for finding in findings:
        print(finding)
    count = sum(finding.is_broken for finding in findings)
    if count:
        print(f"\n{count} thing{'s' if count > 1 else ''} must be put right first.")
        return 1
    print("\nNothing that is needed is broken.")
    return 0


if __name__ == "__main__":
    sys.exit(report(layout_of(), os.environ))
