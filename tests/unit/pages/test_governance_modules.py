"""The countdown of the proposal pages, run in Node as it is."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.tools import require_tool

MODULE = Path(__file__).parents[3] / "static" / "governance" / "countdown.js"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, ""),
        (-5, ""),
        (0.9, ""),
        (1, "1 s"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (90_061, "1 d 1 h"),
        (86_400 * 400, "400 d"),
    ],
)
def test_time_left_is_told_in_its_two_largest_units(seconds: float, words: str) -> None:
    node = require_tool("node", how="make setup")
    source = MODULE.read_bytes().hex()
    script = f"""
        const source = Buffer.from("{source}", "hex").toString("base64");
        const m = await import(`data:text/javascript;base64,${{source}}`);
        process.stdout.write(JSON.stringify(m.timeLeft({seconds})));
    """
    done = subprocess.run(
        [node, "--input-type=module", "-e", script], capture_output=True, text=True, check=False, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == words
