"""keygen, seal, open."""

import argparse
import itertools
import os
from collections.abc import Iterator

from storage.age.armor import armor, is_armored, without_armor
from storage.age.files import seal, unseal
from storage.age.keys import Identity, Recipient, parse_identities
from storage.command.streams import DONE, STANDARD, opened, output, read_text, say, write_all
from storage.importer import ByteStream
from storage.streams import PieceStream, buffered

SNIFFED_BYTES = 1100


def keygen(chosen: argparse.Namespace) -> int:
    """A new key file, or with --public the recipients of one that is there."""
    if chosen.public:
        for identity in parse_identities(read_text(chosen.public)):
            say(str(identity.recipient))
        return DONE
    identity = Identity.generate()
    text = f"# recipient: {identity.recipient}\n{identity.reveal()}\n"
    if chosen.output == STANDARD:
        say(text.rstrip())
        return DONE
    # A key that is there already is never written over: what is sealed to it would be lost.
    with open(os.open(chosen.output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    say(str(identity.recipient))
    return DONE


def seal_file(chosen: argparse.Namespace) -> int:
    recipients = [Recipient.parse(text) for text in _recipient_texts(chosen)]
    with opened(chosen.file) as plain, output(chosen.output, is_binary=not chosen.armor) as file:
        sealed = seal(plain, recipients)
        write_all(armor(sealed) if chosen.armor else sealed, file)
    return DONE


def open_file(chosen: argparse.Namespace) -> int:
    """Plain bytes go out as they are proven, into a file that only its owner may read."""
    identities = list(
        itertools.chain.from_iterable(parse_identities(read_text(name)) for name in chosen.identity)
    )
    with opened(chosen.file) as sealed:
        pieces = unseal(_without_any_armor(sealed), identities)
        with output(chosen.output, is_binary=False, mode=0o600) as file:
            write_all(pieces, file)
    return DONE


def _recipient_texts(chosen: argparse.Namespace) -> Iterator[str]:
    yield from chosen.to
    for name in chosen.to_file:
        lines = (line.strip() for line in read_text(name).splitlines())
        yield from (line for line in lines if line and not line.startswith("#"))


def _without_any_armor(sealed: ByteStream) -> ByteStream:
    stream = buffered(sealed)
    start = stream.read(SNIFFED_BYTES)
    whole = PieceStream(itertools.chain([start], iter(lambda: stream.read(1 << 20), b"")))
    return without_armor(whole) if is_armored(start) else whole
