"""Database fields of the chain's types. Amounts are whole base units, never floats."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models

UINT256_MAX = 2**256 - 1
_BYTES32 = re.compile(r"0x[0-9a-f]{64}")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


class AddressField(models.CharField):
    """An Ethereum address as "0x" + 40 hex digits in checksum case (EIP-55), as the chain room gives it."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs["max_length"] = 42
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        if value and not _ADDRESS.fullmatch(value):
            raise ValidationError(f"not an address: {value!r}")
        return value


class Bytes32Field(models.CharField):
    """32 bytes as "0x" + 64 lower-case hex digits."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs["max_length"] = 66
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        if value and not _BYTES32.fullmatch(value):
            raise ValidationError(f"not 32 bytes of hex: {value!r}")
        return value


if TYPE_CHECKING:  # the type checker knows the generic field, Django does not
    _IntegerField = models.DecimalField[int, int]
else:
    _IntegerField = models.DecimalField


class Uint256Field(_IntegerField):
    """A uint256 as NUMERIC(78, 0), read back as int."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs["max_digits"], kwargs["decimal_places"] = 78, 0
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs

    def from_db_value(self, value, expression, connection) -> int | None:
        return None if value is None else int(value)

    def to_python(self, value) -> int | None:
        if value is None or isinstance(value, int):
            return value
        try:
            return int(value)
        except (TypeError, ValueError):
            raise ValidationError(f"not a whole number: {value!r}") from None

    def get_db_prep_value(self, value, connection, prepared=False):
        if value is None or hasattr(value, "as_sql"):
            return value
        number = int(value)
        if not 0 <= number <= UINT256_MAX:
            raise ValidationError(f"not a uint256: {number}")
        return Decimal(number)
