"""The command `python -m storage`: the CID of a file, and a local store to add to and read from."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from common.errors import QommonsError
from storage.cid import Cid
from storage.errors import StoreNotConfigured
from storage.factory import open_store
from storage.importer import import_stream
from storage.progress import ProgressReader

DONE, REFUSED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130

DESCRIPTION = "Content-addressed files: the CID is computed here, and every byte read is checked against it."
EPILOG = """exit codes: 0 done, 1 refused (missing, damaged, disk full ...), 2 wrong use, 130 interrupted

The store is the folder named by --store, or by the environment variable STORE_DIR.
CIDs are those of the IPFS profile unixfs-v1-2025 (CIDv1, raw leaves, sha2-256, chunks of 1 MiB)."""


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and gives its exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        return chosen.run(chosen)
    except StoreNotConfigured:
        print("storage: name the store's folder with --store DIR or STORE_DIR", file=sys.stderr)
        return WRONG_USE
    except QommonsError as error:
        print(f"storage: {error.message}", file=sys.stderr)
    except BrokenPipeError:
        # The reader of our output went away: nothing more may be written, not even as the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print(f"storage: {error.filename or 'the file'}: {error.strerror}", file=sys.stderr)
    except KeyboardInterrupt:
        print("storage: interrupted", file=sys.stderr)
        return INTERRUPTED
    return REFUSED


def show_cid(chosen: argparse.Namespace) -> int:
    with _opened(chosen.file) as file:
        print(import_stream(file).cid)
    return DONE


def add(chosen: argparse.Namespace) -> int:
    store = open_store(chosen.store)
    with _opened(chosen.file) as file:
        print(store.add_file(file).cid)
    return DONE


def cat(chosen: argparse.Namespace) -> int:
    store = open_store(chosen.store)
    pieces = store.open(Cid.parse(chosen.cid), offset=chosen.offset, length=chosen.length)
    for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m storage",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    in_store = argparse.ArgumentParser(add_help=False)
    folder = os.environ.get("STORE_DIR")
    in_store.add_argument("--store", metavar="DIR", default=folder, help="the store's folder")

    command = commands.add_parser("cid", help="print the CID of a file, without storing it")
    command.add_argument("file", metavar="FILE", help="a file, or - for standard input")
    command.set_defaults(run=show_cid)

    command = commands.add_parser("add", parents=[in_store], help="store a file and print its CID")
    command.add_argument("file", metavar="FILE", help="a file, or - for standard input")
    command.set_defaults(run=add)

    command = commands.add_parser("cat", parents=[in_store], help="write a stored file, verified")
    command.add_argument("cid", metavar="CID")
    command.add_argument("--offset", type=int, default=0, metavar="N", help="skip the first N bytes")
    command.add_argument("--length", type=int, default=None, metavar="N", help="write at most N bytes")
    command.set_defaults(run=cat)
    return parser


@contextmanager
def _opened(name: str) -> Iterator[ProgressReader]:
    with ExitStack() as stack:
        stream = sys.stdin.buffer if name == "-" else stack.enter_context(open(name, "rb"))
        reader = ProgressReader(stream, sys.stderr)
        try:
            yield reader
        finally:
            reader.finish()


if __name__ == "__main__":
    sys.exit(main())
