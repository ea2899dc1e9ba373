# pragma version 0.4.3
"""
@title The target of a proposal that makes a call of its own while it is executed
"""

target: public(address)
calldata: Bytes[2048]
visits: public(uint256)
succeeded: public(bool)


@external
def arm(target: address, calldata: Bytes[2048]):
    self.target = target
    self.calldata = calldata


@external
def visit():
    self.visits += 1
    if self.visits == 1:
        self.succeeded = raw_call(self.target, self.calldata, revert_on_failure=False)
