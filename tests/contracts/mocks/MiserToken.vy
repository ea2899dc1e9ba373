# pragma version 0.4.3
"""
@title An ERC-20 that lets itself be taken and refuses to be paid out, by returning false
"""

balanceOf: public(HashMap[address, uint256])


@deploy
def __init__(holder: address, amount: uint256):
    self.balanceOf[holder] = amount


@external
def transfer(receiver: address, amount: uint256) -> bool:
    return False


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    self.balanceOf[sender] -= amount
    self.balanceOf[receiver] += amount
    return True
