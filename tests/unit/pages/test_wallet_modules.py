"""The pure parts of the wallet's modules, run in Node as they are: amounts, and errors in words."""

import atexit
import json
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.tools import require_tool

FOLDER = Path(__file__).parents[3] / "static" / "wallet"


@cache
def modules() -> Path:
    """The modules beside a file that tells Node what they are; a browser needs none."""
    folder = Path(tempfile.mkdtemp(prefix="qommons-modules-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "package.json").write_text('{"type": "module"}')
    shutil.copytree(FOLDER, folder / "wallet")
    return folder / "wallet"


def run(module: str, expression: str) -> Any:
    """The value of an expression over the module's exports `m`; a thrown error as {"error": its message}."""
    node = require_tool("node", how="make setup")
    script = f"""
        const m = await import({json.dumps((modules() / module).as_uri())});
        let value;
        try {{ value = {expression}; }} catch (error) {{ value = {{ error: error.message }}; }}
        process.stdout.write(JSON.stringify(value ?? null));
    """
    done = subprocess.run(
        [node, "--input-type=module", "-e", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("text", "decimals", "units"),
    [
        ("25", 6, "25000000"),
        ("0.5", 6, "500000"),
        ("1,5", 6, "1500000"),
        ("1.500000000000000000", 6, "1500000"),
        ("123456789012345678901234567890.123456", 6, "123456789012345678901234567890123456"),
        ("0", 18, "0"),
        ("7", 0, "7"),
    ],
)
def test_amounts_become_base_units_without_a_float(text: str, decimals: int, units: str) -> None:
    assert run("units.js", f"m.toUnits({json.dumps(text)}, {decimals})") == units


@pytest.mark.parametrize("text", ["", "-1", "1e3", "0x10", "1.2345678", "ten", "1 000", "."])
def test_what_is_no_amount_is_refused_in_words(text: str) -> None:
    answer = run("units.js", f"m.toUnits({json.dumps(text)}, 6)")

    assert set(answer) == {"error"}


@pytest.mark.parametrize(
    ("units", "decimals", "text"),
    [("25000000", 6, "25"), ("1234500000", 6, "1,234.5"), ("1", 18, "0.000000000000000001"), ("0", 6, "0")],
)
def test_base_units_become_amounts(units: str, decimals: int, text: str) -> None:
    assert run("units.js", f"m.fromUnits({json.dumps(units)}, {decimals})") == text


def test_text_is_signed_as_the_hex_of_its_bytes() -> None:
    assert run("units.js", 'm.utf8Hex("é1")') == "0xc3a931"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"code": 4001, "message": "x"}, "You declined in the wallet"),
        ({"code": 4100, "message": "x"}, "does not let this site use that account"),
        ({"code": 4900, "message": "x"}, "disconnected from every chain"),
        ({"code": 4901, "message": "x"}, "not connected to this chain"),
        ({"code": -32002, "message": "x"}, "a question open already"),
        ({"code": -32603, "data": {"originalError": {"code": 4902}}}, "does not know this chain"),
        ({"code": -32000, "message": "insufficient funds for gas * price + value"}, "too little ETH"),
        ({"code": 5000, "message": "User rejected the request."}, "You declined in the wallet"),
        ({"code": 3, "message": "execution reverted: market: price changed"}, "market: price changed"),
        ({"code": 1, "message": "something odd"}, "The wallet answered: something odd"),
        ({}, "gave no reason"),
    ],
)
def test_wallet_errors_are_put_in_words(error: dict[str, Any], words: str) -> None:
    assert words in run("words.js", f"m.inWords({json.dumps(error)}).message")


def test_no_module_has_more_lines_than_the_wall_nor_parses_markup() -> None:
    for file in FOLDER.glob("*.js"):
        text = file.read_text()

        assert text.count("\n") <= 300, file.name
        for word in ("innerHTML", "insertAdjacentHTML", "document.write", "eval(", "window.ethereum."):
            assert word not in text, (file.name, word)
