"""How the two sides of a prediction name what they hand over."""

SPEC_NAME = "spec.json"
ROWS_NAME = "rows.json"
