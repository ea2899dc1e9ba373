"""Names of chains, accounts and tokens that other sites understand too (CAIP-2, CAIP-10, CAIP-19)."""


def chain_name(chain_id: int) -> str:
    """A chain as CAIP-2.

    >>> chain_name(31337)
    'eip155:31337'
    """
    return f"eip155:{chain_id}"


def account_name(chain_id: int, address: str) -> str:
    """An account as CAIP-10."""
    return f"{chain_name(chain_id)}:{address}"


def coin_name(chain_id: int, token: str) -> str:
    """An ERC-20 as CAIP-19."""
    return f"{chain_name(chain_id)}/erc20:{token}"


def token_name(chain_id: int, contract: str, token_id: int) -> str:
    """One token of an ERC-721 as CAIP-19.

    >>> token_name(1, "0xC0", 7)
    'eip155:1/erc721:0xC0/7'
    """
    return f"{chain_name(chain_id)}/erc721:{contract}/{token_id}"
