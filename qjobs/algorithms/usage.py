"""What every model card says at its end: under which terms, and what the run was expected to take."""

import re
from collections.abc import Iterator

from qjobs.algorithms.comparing import text_findings
from qjobs.algorithms.result import CARD_FILE, Finding

WATTS = 10
"""Of a busy core with its memory, as servers have them: taken, not measured."""

HEADING = "\n## Licence, time and energy\n"
TOLD_SECONDS = re.compile(r"would take (\d+\.\d) s of one core")


def usage_section(cpu_seconds: float) -> str:
    """`cpu_seconds`: the estimate, which anybody has before the vote."""
    return f"""{HEADING}
The licence of each dataset named above is in the metadata of its version, whose digest is on chain; what it
asks of works made from the data binds this model too. The model belongs to who holds its token.

Estimated before the run: it would take {cpu_seconds:.1f} s of one core. That is {_energy(cpu_seconds)}
at {WATTS} W a core, which is assumed, not measured. When it began and ended stands in `run_record.json`,
signed by the executor.
"""


def card_findings(expected: bytes, posted: bytes) -> Iterator[Finding]:
    """One finding; the section may lack, as in the first cards, and its seconds are not judged: later
    releases estimate better."""
    card, heading, rest = posted.partition(HEADING.encode())
    section = (heading + rest).decode(errors="replace")
    told = TOLD_SECONDS.search(section)
    if section and (told is None or section != usage_section(float(told.group(1)))):
        yield Finding(f"{CARD_FILE} usage", False, "licence, estimated time and its energy", "another text")
        return
    yield from text_findings(CARD_FILE, expected, card)


def _energy(cpu_seconds: float) -> str:
    return f"{cpu_seconds * WATTS / 3600:.3g} Wh"
