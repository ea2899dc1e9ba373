"""A vote that its voter signed and anyone may bring on chain."""

from dataclasses import asdict, dataclass
from typing import Any

from chain.abi import Call
from chain.bindings import commons_governor

RELAYER = "relayer"
OUTBOX_KIND = "ballot"
KEY_BITS = 192


@dataclass(frozen=True)
class SignedBallot:
    """A vote with the signature over it: 65 bytes of a key, or what a contract wallet takes (ERC-1271)."""

    governor: str
    proposal_id: str
    voter: str
    support: int
    reason: str
    signature: str

    @property
    def call(self) -> Call:
        """The Governor's function for it: with a reason it is another one."""
        fields = {
            "proposalId": int(self.proposal_id),
            "support": self.support,
            "voter": self.voter,
            "signature": self.signature,
        }
        if not self.reason:
            return commons_governor.CAST_VOTE_BY_SIG.call(self.governor, **fields)
        return commons_governor.CAST_VOTE_WITH_REASON_AND_PARAMS_BY_SIG.call(
            self.governor, **fields, reason=self.reason, params="0x"
        )

    @property
    def key(self) -> str:
        """The outbox's key: one relayed vote a voter and proposal."""
        return relay_key(int(self.proposal_id), self.voter)

    def as_payload(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> "SignedBallot":
        return cls(**payload)


def relay_key(proposal_id: int, voter: str) -> str:
    return f"ballot:{proposal_id}:{voter}"


def nonce_key(proposal_id: int) -> int:
    """The key of the nonce for votes on this proposal: its lowest 192 bits, as the Governor cuts it."""
    return proposal_id % 2**KEY_BITS
