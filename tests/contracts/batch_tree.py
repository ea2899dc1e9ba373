"""The Merkle tree over a batch of versions, as OpenZeppelin's MerkleProof walks it (sorted pairs)."""

from collections.abc import Sequence
from typing import Any

from eth_abi import encode
from eth_utils import keccak

FIELDS = ("codec", "contentDigest", "metadataDigest", "licenceHash", "sizeBytes")
TYPES = ("uint256", "uint32", "(uint64,bytes32,bytes32,bytes32,uint64)")


def leaf_of(token_id: int, number: int, version: dict[str, Any]) -> bytes:
    """The hash of the hash of dataset, number and version."""
    return keccak(keccak(encode(TYPES, (token_id, number, tuple(version[name] for name in FIELDS)))))


def root_of(leaves: Sequence[bytes]) -> bytes:
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def proof_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """What stands beside the path from a leaf to the root."""
    proof, level = [], list(leaves)
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            proof.append(level[beside])
        level, index = _above(level), index // 2
    return proof


def _above(level: Sequence[bytes]) -> list[bytes]:
    pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
    return [keccak(b"".join(sorted(pair))) if len(pair) == 2 else pair[0] for pair in pairs]
