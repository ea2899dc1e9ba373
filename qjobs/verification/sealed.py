"""Sealed files of a result: sealed where an owner asks for it, opened by who may, else named as unchecked."""

from collections.abc import Mapping
from io import BytesIO

from common.errors import QommonsError
from qjobs.records import FileEntry
from qjobs.rules.dataset_terms import sealed_files
from qjobs.spec import JobSpec
from qjobs.verification.facts import ChainFacts
from qjobs.verification.material import Bytes
from qjobs.verification.private import Auditor, CannotOpen
from qjobs.verification.report import Checks
from storage.age.errors import HeaderMacMismatch
from storage.age.file_key import FileKey
from storage.age.files import unseal
from storage.age.header import read_header
from storage.age.vault import KnownKey
from storage.streams import buffered


def check_sealing(facts: ChainFacts, spec: JobSpec, entries: Mapping[str, FileEntry], checks: Checks) -> None:
    """Whether the files are sealed that the owners of the data want sealed, and no others."""
    wanted = sealed_files((one.rows_in_model for one in facts.datasets), spec.algorithm.name)
    for name, entry in sorted(entries.items()):
        if name in wanted or entry.is_sealed:
            checks.equal(f"{name} form", _form(name in wanted), _form(entry.is_sealed))


def opened_files(
    entries: Mapping[str, FileEntry], files: Mapping[str, Bytes], auditor: Auditor, checks: Checks
) -> dict[str, Bytes]:
    """The files, the sealed ones opened; what cannot be opened is left out and named."""
    opened = {}
    for name, got in files.items():
        plain = got
        if entries[name].is_sealed:
            found = _opened(name, entries[name], got.under_test, auditor, checks)
            if found is None:
                continue
            plain = Bytes(found, None)
        opened[name] = plain
    return opened


def _opened(name: str, entry: FileEntry, sealed: bytes, auditor: Auditor, checks: Checks) -> bytes | None:
    """What is inside. The header's MAC is of the file's own key: once it fits, all else is the executor's."""
    field = f"{name} contents"
    try:
        file_key = auditor.key_of_file(name)
        file_key.check(read_header(buffered(BytesIO(sealed))))
    except CannotOpen as error:
        checks.missing(field, str(error))
        return None
    except HeaderMacMismatch:
        checks.missing(field, "the released key is not the key of this file")
        return None
    except QommonsError as error:
        checks.wrong(field, "a sealed file", "other bytes", error.message)
        return None
    return _proven(field, entry, sealed, file_key, checks)


def _proven(field: str, entry: FileEntry, sealed: bytes, file_key: FileKey, checks: Checks) -> bytes | None:
    try:
        plain = b"".join(unseal(BytesIO(sealed), [KnownKey(file_key)]))
    except QommonsError as error:
        checks.wrong(field, "bytes that the file's own key opens", "others", error.message)
        return None
    checks.equal(field, f"digest {entry.plain_digest}", f"digest {file_key.digest_of(plain)}")
    return plain


def _form(is_sealed: bool) -> str:
    return "sealed" if is_sealed else "public"
