# pragma version 0.4.3
"""
@title An ERC-20 that moves nothing and says so by returning false
"""


@view
@external
def balanceOf(account: address) -> uint256:
    return 0


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    return False
