# pragma version 0.4.3
"""
@title Credits
@notice What a contract owes to whom, in any ERC-20, paid when it is asked for: nobody's refusal to be paid
        can hold up anybody else. Tokens that return nothing work; tokens that keep a fee are refused.
"""
from ethereum.ercs import IERC20


event Withdrawn:
    account: indexed(address)
    token: indexed(address)
    amount: uint256


PERMIT: constant(Bytes[4]) = method_id("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)")

_owed: HashMap[address, HashMap[address, uint256]]


@view
@external
def credit_of(account: address, token: address) -> uint256:
    """
    @notice What `account` may withdraw, in base units of `token`.
    """
    return self._owed[account][token]


@external
@nonreentrant
def withdraw(token: address) -> uint256:
    """
    @notice Pays the caller everything it is owed in `token`. Anyone may call, for itself; nothing stops it.
            Emits Withdrawn. Reverts when nothing is owed or the token refuses.
    @return Base units paid.
    """
    return self._pay_out(msg.sender, token)


@external
@nonreentrant
def withdraw_for(account: address, token: address) -> uint256:
    """
    @notice Pays `account` everything it is owed in `token`. Anyone may call, so that the treasury and other
            contracts are paid without a call of their own; the money goes to nobody but `account`.
            Emits Withdrawn. Reverts when nothing is owed or the token refuses.
    @return Base units paid.
    """
    return self._pay_out(account, token)


@internal
def _pay_out(account: address, token: address) -> uint256:
    amount: uint256 = self._owed[account][token]
    assert amount != 0, "Credits: nothing to withdraw"
    self._owed[account][token] = 0
    assert extcall IERC20(token).transfer(
        account, amount, default_return_value=True
    ), "Credits: token refused to pay"
    log Withdrawn(account=account, token=token, amount=amount)
    return amount


@internal
def _owe(account: address, token: address, amount: uint256):
    self._owed[account][token] += amount


@internal
def _take(token: address, amount: uint256):
    """
    @dev Moves exactly `amount` from the caller to this contract, which must have been approved for it.
    """
    if amount == 0:
        return
    before: uint256 = staticcall IERC20(token).balanceOf(self)
    assert extcall IERC20(token).transferFrom(
        msg.sender, self, amount, default_return_value=True
    ), "Credits: token refused the payment"
    received: uint256 = staticcall IERC20(token).balanceOf(self) - before
    assert received == amount, "Credits: token keeps a fee"


@internal
def _permit(token: address, amount: uint256, deadline: uint256, v: uint8, r: bytes32, s: bytes32):
    """
    @dev Uses the caller's ERC-2612 signature for this contract. Its failure is no error: somebody may have
         used the signature first, and then the allowance stands; without an allowance the payment fails.
    """
    used: bool = raw_call(
        token,
        abi_encode(msg.sender, self, amount, deadline, v, r, s, method_id=PERMIT),
        revert_on_failure=False,
    )
