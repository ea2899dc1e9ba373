# pragma version 0.4.3
"""
@title Borrowed votes that propose in the transaction that moved them
"""
from ethereum.ercs import IERC20


interface Votes:
    def delegate(delegatee: address): nonpayable


@external
def propose_with_a_loan(token: address, governor: address, lender: address, amount: uint256, proposal: Bytes[2048]):
    extcall IERC20(token).transferFrom(lender, self, amount)
    extcall Votes(token).delegate(self)
    raw_call(governor, proposal)
    extcall IERC20(token).transfer(lender, amount)
