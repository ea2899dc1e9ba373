"""Refusals of data and of training, named by the fact. Messages name rows and columns, never values."""

from common.errors import InvalidInput, PermanentError


class DatasetRefused(InvalidInput):
    """The rows cannot be trained on as the spec says; `field` is the column, where one is to blame."""

    code = "dataset_refused"


class ModelRefused(InvalidInput):
    """The bytes are no model of ours."""

    code = "model_refused"


class TrainingCancelled(PermanentError):
    """The caller asked to stop."""

    code = "cancelled"


class TileRefused(PermanentError):
    """The bytes are not the tile that they should be."""

    code = "tile_refused"
