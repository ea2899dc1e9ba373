# pragma version 0.4.3
"""
@title A buyer that tries to buy again from within the receipt of its pass
"""
from ethereum.ercs import IERC20


interface Market:
    def buy(listing_id: uint256, max_price: uint256, version: uint32) -> uint256: nonpayable


market: Market
listing_id: uint256
receipts: public(uint256)
second_buy_succeeded: public(bool)


@external
def buy(market: address, token: address, listing_id: uint256):
    self.market = Market(market)
    self.listing_id = listing_id
    extcall IERC20(token).approve(market, max_value(uint256))
    extcall Market(market).buy(listing_id, max_value(uint256), 1)


@external
def onERC1155Received(
    operator: address, sender: address, id: uint256, amount: uint256, calldata: Bytes[1024]
) -> bytes4:
    self.receipts += 1
    self.second_buy_succeeded = raw_call(
        self.market.address,
        abi_encode(
            self.listing_id,
            max_value(uint256),
            convert(1, uint32),
            method_id=method_id("buy(uint256,uint256,uint32)"),
        ),
        revert_on_failure=False,
    )
    return method_id("onERC1155Received(address,address,uint256,uint256,bytes)", output_type=bytes4)
