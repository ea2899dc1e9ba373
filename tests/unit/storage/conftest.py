"""CARs from elsewhere, shared by the store tests."""

from tests.fakes.ipfs_cars import directory_car, foreign_car

__all__ = ["directory_car", "foreign_car"]
