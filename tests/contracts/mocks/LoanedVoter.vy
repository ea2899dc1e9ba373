# pragma version 0.4.3
"""
@title Borrowed votes that vote and propose in the transaction that moved them
"""
from ethereum.ercs import IERC20


interface Votes:
    def delegate(delegatee: address): nonpayable


interface Governor:
    def castVote(proposal_id: uint256, support: uint8) -> uint256: nonpayable


@external
def vote_with_a_loan(token: address, governor: address, lender: address, amount: uint256, proposal_id: uint256):
    extcall IERC20(token).transferFrom(lender, self, amount)
    extcall Votes(token).delegate(self)
    extcall Governor(governor).castVote(proposal_id, 1)
    extcall IERC20(token).transfer(lender, amount)
