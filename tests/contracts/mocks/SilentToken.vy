# pragma version 0.4.3
"""
@title An ERC-20 that returns nothing, and that a list keeps people from receiving
"""

balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
is_blocked: public(HashMap[address, bool])


@deploy
def __init__(holder: address, amount: uint256):
    self.balanceOf[holder] = amount


@external
def block(account: address):
    self.is_blocked[account] = True


@external
def approve(spender: address, amount: uint256):
    self.allowance[msg.sender][spender] = amount


@external
def transfer(receiver: address, amount: uint256):
    self._move(msg.sender, receiver, amount)


@external
def transferFrom(sender: address, receiver: address, amount: uint256):
    self.allowance[sender][msg.sender] -= amount
    self._move(sender, receiver, amount)


@internal
def _move(sender: address, receiver: address, amount: uint256):
    assert not self.is_blocked[receiver], "SilentToken: blocked"
    self.balanceOf[sender] -= amount
    self.balanceOf[receiver] += amount
