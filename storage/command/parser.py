"""The words of the command line."""

import argparse
import math
from collections.abc import Callable
from typing import TypeAlias

from storage.command import files, sealing, upkeep
from storage.command.streams import STANDARD
from storage.importer import PROFILES, UNIXFS_V1_2025

DESCRIPTION = "Content-addressed files: the CID is computed here, and every byte read is checked against it."
EPILOG = """exit codes: 0 done, 1 refused (missing, damaged, disk full ...), 2 wrong use, 130 interrupted

The store is the folder named by --store, or by the environment variable STORE_DIR; --node names an IPFS node
instead, and folder and nodes together keep content in several places. --pinning adds a service of the IPFS
Pinning Service API, which fetches from a node; `pin` may name such a service alone. Its token is read from
the environment variable PINNING_TOKEN: others on the machine could see an option.
CIDs are those of the IPFS profile unixfs-v1-2025 (CIDv1, raw leaves, sha2-256, chunks of 1 MiB).
Sealed files are age files for hybrid post-quantum recipients (age1pq1...); `age` from 1.3 opens them."""

A_FILE = "a file, or - for standard input"
A_SOURCE = "a gateway's URL, or the folder of another store"

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def parser() -> argparse.ArgumentParser:
    """All commands, each with `run` set to its function."""
    words = argparse.ArgumentParser(
        prog="python -m storage",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = words.add_subparsers(required=True, metavar="COMMAND")
    _add_readers(commands)
    _add_keepers(commands)
    _add_sealing(commands)
    return words


def _add_readers(commands: Commands) -> None:
    command = _command(commands, files.show_cid, "cid", "print the CID of a file, without storing it")
    command.add_argument("file", metavar="FILE", help=A_FILE)
    command.add_argument(
        "--profile", choices=PROFILES, default=UNIXFS_V1_2025.name, help="as another tool has cut it"
    )

    readers = (_places(), _source("read from there instead"), _out())
    command = _command(commands, files.cat, "cat", "write a stored file, verified", *readers)
    command.add_argument("cid", metavar="CID")
    command.add_argument("--offset", type=int, default=0, metavar="N", help="skip the first N bytes")
    command.add_argument("--length", type=int, default=None, metavar="N", help="write at most N bytes")

    command = _command(commands, files.export_car, "export", "write a CAR of a stored tree", *readers)
    command.add_argument("cid", metavar="CID")


def _add_keepers(commands: Commands) -> None:
    keepers = (_places(), _service())
    command = _command(commands, files.add, "add", "store a file and print its CID", *keepers)
    command.add_argument("file", metavar="FILE", help=A_FILE)

    command = _command(
        commands, files.import_car, "import", "store the tree of a CAR, print its root", *keepers
    )
    command.add_argument("file", metavar="CAR", help=A_FILE)

    get_it = _source("where to get it")
    command = _command(commands, files.pin, "pin", "keep a tree until it is unpinned", *keepers, get_it)
    command.add_argument("cid", metavar="CID")
    command.add_argument("--remove", action="store_true", help="let go of it instead")

    scrubbed = "hash a share of the local store again, and report damage"
    command = _command(commands, upkeep.scrub_store, "scrub", scrubbed, _folder())
    command.add_argument(
        "--share", type=_share, default=1.0, metavar="N", help="0 to 1; 0.04 a day reads all in a month"
    )
    command.add_argument("--repair-from", dest="source", metavar="SOURCE", help=f"for bad blocks: {A_SOURCE}")


def _add_sealing(commands: Commands) -> None:
    command = _command(commands, sealing.keygen, "keygen", "make a key file, never over another", _out())
    command.add_argument("--public", metavar="KEYFILE", help="print the recipients of a key file instead")

    command = _command(commands, sealing.seal_file, "seal", "encrypt a file for recipients", _out())
    command.add_argument("file", metavar="FILE", help=A_FILE)
    command.add_argument("--to", action="append", default=[], metavar="AGE1PQ...", help="a recipient")
    command.add_argument(
        "--to-file", action="append", default=[], metavar="FILE", help="recipients, one a line"
    )
    command.add_argument("--armor", action="store_true", help="write text")

    command = _command(commands, sealing.open_file, "open", "decrypt a sealed file", _out())
    command.add_argument("file", metavar="FILE", help=A_FILE)
    command.add_argument(
        "-i", "--identity", action="append", required=True, metavar="KEYFILE", help="your keys"
    )


def _command(
    commands: Commands,
    run: Callable[[argparse.Namespace], int],
    name: str,
    words: str,
    *parents: argparse.ArgumentParser,
) -> argparse.ArgumentParser:
    description = f"{words[0].upper()}{words[1:]}."
    command = commands.add_parser(name, parents=parents, help=words, description=description)
    command.set_defaults(run=run)
    return command


def _options() -> argparse.ArgumentParser:
    return argparse.ArgumentParser(add_help=False)


def _folder() -> argparse.ArgumentParser:
    options = _options()
    options.add_argument("--store", metavar="DIR", help="the store's folder")
    return options


def _places() -> argparse.ArgumentParser:
    options = _folder()
    options.add_argument("--node", action="append", default=[], metavar="URL", help="an IPFS node's API")
    options.set_defaults(pinning=None)
    return options


def _service() -> argparse.ArgumentParser:
    options = _options()
    options.add_argument("--pinning", metavar="URL", help="a pinning service; its token is PINNING_TOKEN")
    options.add_argument("--gateway", metavar="URL", help="of that service: what it pins is read back there")
    options.add_argument(
        "--origin", action="append", default=[], metavar="ADDR", help="multiaddr of a node that it may dial"
    )
    return options


def _source(words: str) -> argparse.ArgumentParser:
    options = _options()
    options.add_argument("--from", dest="source", metavar="SOURCE", help=f"{words}: {A_SOURCE}")
    return options


def _out() -> argparse.ArgumentParser:
    options = _options()
    options.add_argument("-o", "--output", default=STANDARD, metavar="FILE", help="write there")
    return options


def _share(text: str) -> float:
    share = float(text)
    if not (math.isfinite(share) and 0 <= share <= 1):
        raise argparse.ArgumentTypeError("a share lies between 0 and 1")
    return share
