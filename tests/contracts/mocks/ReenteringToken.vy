# pragma version 0.4.3
"""
@title An ERC-20 that makes one call of the attacker's choice while it is being moved
"""

balanceOf: public(HashMap[address, uint256])
target: public(address)
calldata: Bytes[1024]
entered: public(bool)
succeeded: public(bool)


@deploy
def __init__(holder: address, amount: uint256):
    self.balanceOf[holder] = amount


@external
def arm(target: address, calldata: Bytes[1024]):
    self.target = target
    self.calldata = calldata


@external
def transfer(receiver: address, amount: uint256) -> bool:
    self._move(msg.sender, receiver, amount)
    return True


@external
def transferFrom(sender: address, receiver: address, amount: uint256) -> bool:
    self._move(sender, receiver, amount)
    return True


@internal
def _move(sender: address, receiver: address, amount: uint256):
    self.balanceOf[sender] -= amount
    self.balanceOf[receiver] += amount
    if self.target != empty(address) and not self.entered:
        self.entered = True
        self.succeeded = raw_call(self.target, self.calldata, revert_on_failure=False)
