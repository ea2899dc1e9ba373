# pragma version 0.4.3
"""
@title Wiring
@notice The DAO's Timelock, and the one back-reference that may come after deployment: the DisputeBook.
        The deployer wires once and then holds nothing; while the slot is empty, the Timelock may fill it once.
"""


event DisputeBookSet:
    dispute_book: indexed(address)


timelock: public(immutable(address))
deployer: public(immutable(address))
wired: public(bool)
dispute_book: public(address)


@deploy
def __init__(timelock_: address):
    timelock = timelock_
    deployer = msg.sender


@external
def wire(dispute_book: address):
    """
    @notice Names the DisputeBook, or leaves it empty for later. Called once, by the deployer.
            Emits DisputeBookSet.
    """
    assert msg.sender == deployer, "Wiring: not the deployer"
    assert not self.wired, "Wiring: already wired"
    self.wired = True
    self.dispute_book = dispute_book
    log DisputeBookSet(dispute_book=dispute_book)


@external
def set_dispute_book(dispute_book: address):
    """
    @notice Fills the empty slot, once. Called by the Timelock after `wire`. Emits DisputeBookSet.
    """
    assert msg.sender == timelock, "Wiring: not the Timelock"
    assert self.wired, "Wiring: not wired yet"
    assert self.dispute_book == empty(address), "Wiring: DisputeBook is set"
    assert dispute_book != empty(address), "Wiring: DisputeBook is nobody"
    self.dispute_book = dispute_book
    log DisputeBookSet(dispute_book=dispute_book)
