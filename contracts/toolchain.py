"""Where the contract tools find their sources and put their output."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "contracts" / "src"
ABI_FOLDER = ROOT / "build" / "abi"
BYTECODE_FOLDER = ROOT / "build" / "bytecode"
DIGEST_FILE = ROOT / "build" / "sources_digest"
APE_FOLDER = ROOT / "var" / "ape"
SOLC_FOLDER = ROOT / "contracts" / "solc"
APE_MANIFEST = ROOT / ".build" / "__local__.json"

CONTRACT_NAMES = (
    "VoteToken",
    "Timelock",
    "CommonsGovernor",
    "TestDollar",
    "DatasetToken",
    "AccessPass",
    "ModelToken",
    "ExecutorRegistry",
    "ParameterBook",
    "DataMarket",
    "JobBoard",
    "DisputeBook",
)


class ToolMissing(Exception):
    """A file of the tool chain is not there; the message says which and what makes it."""


def ape_environment() -> dict[str, str]:
    """The variables under which Ape finds our compilers and keeps its own files inside `var/`."""
    tools = Path(sys.executable).parent
    return {
        "PATH": os.pathsep.join([str(tools), os.environ.get("PATH", "")]),
        "APE_DATA_FOLDER": str(APE_FOLDER),
        "SOLCX_BINARY_PATH": str(SOLC_FOLDER),
        # Unused, since vyper comes from pip; without it the tool makes a folder in the person's home.
        "VVM_BINARY_PATH": str(APE_FOLDER),
        # pydantic-settings warns about a forward reference inside ape-vyper's configuration, at every start.
        "PYTHONWARNINGS": "ignore::UserWarning:pydantic_settings",
    }
