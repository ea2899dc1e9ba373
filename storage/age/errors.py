"""What can be wrong with a sealed file or with a key. No text here carries a key or a plaintext."""

from common.errors import InvalidInput, NotAllowed, PermanentError


class InvalidKey(InvalidInput):
    """The text is not a recipient or an identity of ours."""

    code = "invalid_age_key"


class NotQuantumSafe(InvalidInput):
    """A true age recipient or stanza, but one that a quantum computer will open."""

    code = "not_quantum_safe"


class MalformedHeader(PermanentError):
    """The bytes do not begin with an age v1 header, written in its one way."""

    code = "malformed_age_header"


class HeaderMacMismatch(PermanentError):
    """The header was changed by someone who does not have the file key."""

    code = "age_header_mac_mismatch"


class NoIdentityMatches(NotAllowed):
    """The file is sealed to others."""

    code = "no_identity_matches"


class PayloadDamaged(PermanentError):
    """A chunk of the payload is not what was sealed there, or the payload does not end where it should."""

    code = "age_payload_damaged"


class MalformedArmor(PermanentError):
    """The text is not an age file in ASCII armor, written strictly."""

    code = "malformed_age_armor"
