"""The command `python -m storage`: CIDs, a store to add to and read from, its upkeep, and sealed files."""

import os
import sys

from common.errors import QommonsError
from storage.command.parser import parser
from storage.command.streams import INTERRUPTED, REFUSED, WRONG_USE, TerminalRefused
from storage.errors import StoreNotConfigured


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and gives its exit code."""
    chosen = parser().parse_args(arguments)
    try:
        return chosen.run(chosen)
    except (StoreNotConfigured, TerminalRefused) as error:
        print(f"storage: {error.message}", file=sys.stderr)
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


if __name__ == "__main__":
    sys.exit(main())
