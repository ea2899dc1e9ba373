"""The contracts' small numbers, as words."""

from django.db import models


class SubjectKind(models.IntegerChoices):
    """What a listing or a pass is about."""

    DATASET = 0, "dataset"
    MODEL = 1, "model"


class Right(models.IntegerChoices):
    """What a listing offers: what a pass allows, or a model itself, which no pass gives."""

    DOWNLOAD = 1, "download"
    COMPUTE = 2, "compute"
    PREDICT = 3, "predict"
    OWNERSHIP = 4, "own"


class RowsInModel(models.IntegerChoices):
    """Whether a trained model may carry rows of the data."""

    NEVER = 0, "never"
    SEALED = 1, "sealed"
    PUBLIC = 2, "public"
