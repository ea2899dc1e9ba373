"""The words of the command line."""

import argparse
import math
from typing import TypeAlias

from storage.command import files, sealing, upkeep
from storage.command.streams import STANDARD
from storage.importer import PROFILES, UNIXFS_V1_2025

DESCRIPTION = "Content-addressed files: the CID is computed here, and every byte read is checked against it."
EPILOG = """exit codes: 0 done, 1 refused (missing, damaged, disk full ...), 2 wrong use, 130 interrupted

The store is the folder named by --store, or by the environment variable STORE_DIR; --node names an IPFS node
instead, and folder and nodes together keep content in several places.
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
    folder = argparse.ArgumentParser(add_help=False)
    folder.add_argument("--store", metavar="DIR", help="the store's folder")
    places = argparse.ArgumentParser(add_help=False, parents=[folder])
    places.add_argument("--node", action="append", default=[], metavar="URL", help="an IPFS node's API")
    out = argparse.ArgumentParser(add_help=False)
    out.add_argument("-o", "--output", default=STANDARD, metavar="FILE", help="write there")
    _add_files(commands, places, out)
    _add_upkeep(commands, folder)
    _add_sealing(commands, out)
    return words


def _add_files(commands: Commands, places: argparse.ArgumentParser, out: argparse.ArgumentParser) -> None:
    command = commands.add_parser("cid", help="print the CID of a file, without storing it")
    command.add_argument("file", metavar="FILE", help=A_FILE)
    command.add_argument(
        "--profile", choices=PROFILES, default=UNIXFS_V1_2025.name, help="as another tool has cut it"
    )
    command.set_defaults(run=files.show_cid)

    command = commands.add_parser("add", parents=[places], help="store a file and print its CID")
    command.add_argument("file", metavar="FILE", help=A_FILE)
    command.set_defaults(run=files.add)

    command = commands.add_parser("cat", parents=[places, out], help="write a stored file, verified")
    command.add_argument("cid", metavar="CID")
    command.add_argument("--offset", type=int, default=0, metavar="N", help="skip the first N bytes")
    command.add_argument("--length", type=int, default=None, metavar="N", help="write at most N bytes")
    command.set_defaults(run=files.cat)

    command = commands.add_parser("export", parents=[places, out], help="write a CAR of a stored tree")
    command.add_argument("cid", metavar="CID")
    command.set_defaults(run=files.export_car)

    command = commands.add_parser("import", parents=[places], help="store the tree of a CAR, print its root")
    command.add_argument("file", metavar="CAR", help=A_FILE)
    command.set_defaults(run=files.import_car)

    command = commands.add_parser("pin", parents=[places], help="keep a tree until it is unpinned")
    command.add_argument("cid", metavar="CID")
    command.add_argument("--remove", action="store_true", help="let go of it instead")
    command.add_argument("--from", dest="source", metavar="SOURCE", help=f"where to get it: {A_SOURCE}")
    command.set_defaults(run=files.pin)


def _add_upkeep(commands: Commands, folder: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "scrub", parents=[folder], help="hash a share of the local store again, and report damage"
    )
    command.add_argument(
        "--share", type=_share, default=1.0, metavar="N", help="0 to 1; 0.04 a day reads all in a month"
    )
    command.add_argument("--repair-from", dest="source", metavar="SOURCE", help=f"for bad blocks: {A_SOURCE}")
    command.set_defaults(run=upkeep.scrub_store)


def _add_sealing(commands: Commands, out: argparse.ArgumentParser) -> None:
    command = commands.add_parser("keygen", parents=[out], help="make a key file, never over another")
    command.add_argument("--public", metavar="KEYFILE", help="print the recipients of a key file instead")
    command.set_defaults(run=sealing.keygen)

    command = commands.add_parser("seal", parents=[out], help="encrypt a file for recipients")
    command.add_argument("file", metavar="FILE", help=A_FILE)
    command.add_argument("--to", action="append", default=[], metavar="AGE1PQ...", help="a recipient")
    command.add_argument(
        "--to-file", action="append", default=[], metavar="FILE", help="recipients, one a line"
    )
    command.add_argument("--armor", action="store_true", help="write text")
    command.set_defaults(run=sealing.seal_file)

    command = commands.add_parser("open", parents=[out], help="decrypt a sealed file")
    command.add_argument("file", metavar="FILE", help=A_FILE)
    command.add_argument(
        "-i", "--identity", action="append", required=True, metavar="KEYFILE", help="your keys"
    )
    command.set_defaults(run=sealing.open_file)


def _share(text: str) -> float:
    share = float(text)
    if not (math.isfinite(share) and 0 <= share <= 1):
        raise argparse.ArgumentTypeError("a share lies between 0 and 1")
    return share
